/* SPDX-License-Identifier: Apache-2.0 · libcurl, of the system. */
#define CURL_DISABLE_TYPECHECK 1
#include <curl/curl.h>
