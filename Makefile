# SPDX-License-Identifier: Apache-2.0
# What a person types here. On a fresh machine: `make demo` or `make test`, nothing else.

CONFIG  ?= debug
SCRATCH ?= .build
BIN     := $(CURDIR)/$(SCRATCH)/$(CONFIG)
SWIFT   ?= swift
VENV    := $(CURDIR)/.build-venv
PYTHON  := $(VENV)/bin/python
SHARED  := $(wildcard $(CURDIR)/../shared)

BUILD := $(SWIFT) build --scratch-path $(SCRATCH) -c $(CONFIG) \
	--explicit-target-dependency-import-check error
# A release build sees through the borders of modules and leaves the run-time checks of exclusive
# access to the debug build, in which the tests run: 26 % less processor time for a call into a
# worker, 35 % for one in the process, 14 % for a durable step. Here and not in Package.swift: a
# package with unsafe flags could not be depended upon by plugins.
ifeq ($(CONFIG),release)
BUILD += -Xswiftc -cross-module-optimization -Xswiftc -enforce-exclusivity=unchecked
endif
TEST_ENVIRONMENT = JACKFIELD_BIN_DIR=$(BIN) JACKFIELD_PYTHON=$(PYTHON) \
	$(if $(SHARED),JACKFIELD_SHARED=$(SHARED))

# Optional: make test FILTER=StoreTests
FILTER ?=

.DEFAULT_GOAL := help
.PHONY: help deps build release test test-small demo bench headers clean \
	fuzz fuzz-build fuzz-nightly sanitize sanitize-thread sanitize-address

help: ## print this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

deps: ## install the Debian packages that are missing, and the Python the tests use
	@.ci/deps

build: ## build everything (debug) and put the bundled plugins beside the programs
	$(BUILD)
	@.ci/stage $(BIN)

release: ## the same, optimised
	@$(MAKE) --no-print-directory build CONFIG=release

test: deps ## build and run every test (FILTER=Name runs some of them)
	$(BUILD) --build-tests
	@.ci/stage $(BIN)
	$(TEST_ENVIRONMENT) $(SWIFT) test --scratch-path $(SCRATCH) --skip-build --disable-xctest \
		$(if $(FILTER),--filter '$(FILTER)')

test-small: ## build with libsqlite3-dev alone and run data and CRM actions
	JACKFIELD_SMALL=1 $(SWIFT) build --scratch-path .build-small -c debug
	@.ci/stage $(CURDIR)/.build-small/debug
	Tests/Small/small.sh $(CURDIR)/.build-small/debug

demo: deps build ## a signed webhook becomes a row, a request and a mail
	/usr/bin/python3 Tests/Demo/demo.py $(BIN) $(SHARED)

bench: release ## the figures beside their bare references
	$(CURDIR)/$(SCRATCH)/release/jackfield-bench $(ARGS)

headers: ## compile every ABI header alone as C11 and C++17
	@$(MAKE) --no-print-directory test FILTER=HeaderMatrix

# Led by coverage: libFuzzer as a library of the program, the address sanitizer with it. Release, for
# overflows trap there too and it sees ten times the inputs.
FUZZER   = $(shell clang -print-resource-dir)/lib/linux/libclang_rt.fuzzer_no_main-$(shell uname -m).a
TARGET  ?= $(notdir $(wildcard Tests/Fuzz/corpus/*))
SECONDS ?= 600

fuzz-build:
	$(SWIFT) build --scratch-path .build-fuzz -c release --product jackfield-fuzz \
		--sanitize=address -Xswiftc -DCOVERAGE \
		-Xswiftc -sanitize-coverage=edge,trace-cmp,inline-8bit-counters,pc-table \
		-Xlinker $(FUZZER) -Xlinker -lstdc++

fuzz: fuzz-build ## fuzz every surface for ten minutes (TARGET=json SECONDS=60; KEEP=1 keeps inputs)
	/usr/bin/python3 Tests/Fuzz/fuzz.py .build-fuzz/release/jackfield-fuzz $(SECONDS) $(TARGET)

fuzz-nightly: ## the same for 20 seconds each
	@$(MAKE) --no-print-directory fuzz SECONDS=20

# The tests of what must neither race nor read past an end: values, documents, the engine, the store,
# the frames, the pool with its loop, and the C below them. Workers are those of the plain build.
SANITIZED = ValuesTests PatternTests SchemaTests CalendarTests PipelineTests EngineTests StoreTests \
	WorkerProtocolTests PluginHostTests TortureTests IngressTests FuzzTests

sanitize-thread: ## the tests of values, engine, store, pool and C under the thread sanitizer
	@$(MAKE) --no-print-directory sanitize SANITIZER=thread

sanitize-address: ## the same under the address sanitizer
	@$(MAKE) --no-print-directory sanitize SANITIZER=address

sanitize: build
	JACKFIELD_TESTS='$(SANITIZED)' $(SWIFT) build --scratch-path .build-$(SANITIZER) \
		--product jackfieldPackageTests --sanitize=$(SANITIZER)
	TSAN_OPTIONS="report_thread_leaks=0 suppressions=$(CURDIR)/Tests/Sanitizers/thread.supp" \
		ASAN_OPTIONS=detect_leaks=0 JACKFIELD_TESTS='$(SANITIZED)' $(TEST_ENVIRONMENT) $(SWIFT) test \
		--scratch-path .build-$(SANITIZER) --sanitize=$(SANITIZER) --skip-build --disable-xctest \
		$(if $(FILTER),--filter '$(FILTER)')

clean: ## remove what was built (the Python environment stays)
	rm -rf .build .build-small .build-fuzz .build-thread .build-address
