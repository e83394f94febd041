/* SPDX-License-Identifier: Apache-2.0
 * Compiles every header once with the package, so that a layout that moved breaks the build. */
#include "jackfield/action.h"
#include "jackfield/blobs.h"
#include "jackfield/draft/listener.h"
#include "jackfield/draft/transport.h"
#include "jackfield/events.h"
#include "jackfield/http.h"
#include "jackfield/mail.h"
#include "jackfield/records.h"
#include "jackfield/runs.h"
