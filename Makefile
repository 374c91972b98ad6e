# The two commands for a fresh machine are `make demo` and `make test`; both first install the
# system packages that are missing.

SWIFT ?= swift
FORMATTED = Sources Converters Tests Package.swift

.DEFAULT_GOAL := help
.PHONY: help demo test kernels neon fuzz hostile build lint clean dependencies

help:
	@echo "make demo    build, then give the model in Weights/ a memory, step by step"
	@echo "make test    lint, build and run every test"
	@echo "make kernels check the C kernels of this processor alone; SANITIZE=address,undefined looks closer"
	@echo "make neon    check the NEON kernels, in an emulator where the processor is another"
	@echo "make fuzz    fuzz every reader; FORMAT=gguf SECONDS=60 chooses"
	@echo "make hostile put a wrong file for each rule of each format into hostile/"
	@echo "make build   build .build/release/rmt"
	@echo "make lint    check the format of every source file"
	@echo "make clean   remove what was built and the demo's output"

dependencies:
	@.ci/install-dependencies

build: dependencies
	$(SWIFT) build --configuration release --product rmt

demo: build
	@Weights/demo.sh .build/release/rmt demo-output

# The tests come last, so that their summary is the last line.
test: lint
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build

# The kernels and their harness in C alone. clang, because the kernels use its vector extension;
# the Swift toolchain brings it.
CLANG ?= clang
KERNEL_BUILD = .build/kernels
KERNEL_SOURCES = $(wildcard Sources/CKernels/*.c Sources/CKernels/*/*.c Tests/KernelHarness/*.c)
KERNEL_FLAGS = -std=c11 -O2 -Wall -Wextra -Wno-unused-parameter -ISources/CKernels/include
SANITIZER_FLAGS = -g -fsanitize=$(SANITIZE) -fno-sanitize-recover=all

kernels:
	@mkdir -p $(KERNEL_BUILD)
	$(CLANG) $(KERNEL_FLAGS) $(if $(SANITIZE),$(SANITIZER_FLAGS)) $(KERNEL_SOURCES) -lm \
		-o $(KERNEL_BUILD)/native
	$(KERNEL_BUILD)/native

# The table is named, so that a build without it fails.
ifneq ($(filter aarch64 arm64,$(shell uname -m)),)
neon: kernels
	$(KERNEL_BUILD)/native neon
else
neon:
	@.ci/install-dependencies neon
	@mkdir -p $(KERNEL_BUILD)
	$(CLANG) --target=aarch64-linux-gnu -static $(KERNEL_FLAGS) $(KERNEL_SOURCES) -lm \
		-o $(KERNEL_BUILD)/neon
	qemu-aarch64 $(KERNEL_BUILD)/neon neon
endif

# libFuzzer comes with the Swift toolchain. Built apart, with coverage counters in every reader.
FORMAT ?= all
SECONDS ?= 60
FUZZ_BUILD = .build/fuzz

fuzz: dependencies
	RMT_FUZZ=1 $(SWIFT) build --configuration release --sanitize fuzzer --product rmt-fuzz \
		--scratch-path $(FUZZ_BUILD)
	@Tests/Fuzz/fuzz.sh $(FUZZ_BUILD)/release/rmt-fuzz $(FORMAT) $(SECONDS)

# The suites make these files; here they keep them, and the command is given each.
hostile: build
	$(SWIFT) build --build-tests
	@Tests/Hostile/keep.sh .build/release/rmt hostile

lint: dependencies
	$(SWIFT) format lint --strict --parallel --recursive $(FORMATTED)

clean: dependencies
	$(SWIFT) package clean
	rm -rf demo-output
