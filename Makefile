# `make demo` and `make test` set up all they need on a fresh Debian 12 machine with Swift 6.3.
SHELL := /bin/bash
.DEFAULT_GOAL := build

RELEASE := .build-release
CACHE := $(or $(BREAKEVEN_CACHE),$(HOME)/.cache/breakeven)

.PHONY: demo test build bench bench-forecast bench-serve soak format format-check bootstrap parity clean

bootstrap:
	scripts/bootstrap run

# Leaves the release program and its resources at bin/breakeven.
build: bootstrap
	swift build --configuration release --scratch-path $(RELEASE) --static-swift-stdlib --product breakeven
	scripts/install-program $(RELEASE)/release bin

demo: build
	bin/breakeven demo

test: format-check
	scripts/bootstrap test
	scripts/test

bench: build
	scripts/bootstrap bench
	Benchmarks/run

# The simulation against a vectorised NumPy version of the same model, on the same cores.
bench-forecast: build
	Benchmarks/forecast/run

# The engine against llama.cpp, ONNX Runtime and sentence-transformers; an hour on a quiet machine.
# One row alone: make bench-serve ROWS=decode
bench-serve: build
	scripts/bootstrap bench
	Benchmarks/serve/run

# What takes longer than a test run may: kills, random operations, long loads.
soak: build
	scripts/bootstrap test
	scripts/soak

parity: build
	scripts/parity/run

format:
	swift format format --in-place --recursive --parallel Sources Tests Package.swift

format-check:
	scripts/format-check

clean:
	rm -rf .build .build-tests $(RELEASE) bin
