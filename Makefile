# What people do with this tree. Everything here but the desktop needs only Go, gcc,
# make and git; Go fetches the modules that go.sum names, and nothing else is fetched.

GO      ?= go
COMMIT  := $(shell git rev-parse --short=12 HEAD 2>/dev/null)
EPOCH   := $(shell git log -1 --format=%ct 2>/dev/null)
PKG     := github.com/mapiscope/mapiscope/ui/cli
LDFLAGS := -X $(PKG).commit=$(COMMIT)
BUILD   := $(GO) build -buildvcs=false -ldflags '$(LDFLAGS)'

# With icon and window. Another set of flags would compile the window library anew,
# four minutes of a processor: the tests (ui/desk) and the packages use these too.
DESKTOP  = -buildmode=pie -tags $(TAGS)

# How long each fuzz target runs: as a smoke test inside "make test", and alone.
FUZZSMOKE ?= $(if $(CI),60s,1s)
FUZZTIME  ?= 60s

# Tools run at a fixed version; they are no dependency of the module.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.7.0
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.1.4

PLATFORMS := linux/amd64 linux/arm64 windows/amd64 windows/arm64 darwin/amd64 darwin/arm64

.PHONY: accuracy recording soak bench-idle bench-desktop screenshots desktop help setup build demo test test-real setup-real vet house unit race fuzz lint bench bench-cert cross man clean

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

setup: ## fetch the modules
	$(GO) mod download

build: ## the static command line: bin/mapiscope (no cgo, no shared library)
	@mkdir -p bin
	CGO_ENABLED=0 $(BUILD) -o bin/mapiscope .

desktop: ## the same with icon and window: bin/mapiscope-desktop (cgo; installs the libraries as root on Debian)
	@.ci/setup-real desktop
	@mkdir -p bin
	CGO_ENABLED=1 $(BUILD) $(DESKTOP) -o bin/mapiscope-desktop .

demo: build ## run the product against an Exchange of its own: icon and window on a desktop, elsewhere the report
	@if [ -z "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		echo "no display here (DISPLAY and WAYLAND_DISPLAY are not set), so this is the report alone"; \
		bin/mapiscope demo --headless; \
	elif echo "a display is here: building icon and window, which takes minutes the first time" && $(MAKE) --no-print-directory desktop; then \
		bin/mapiscope-desktop demo; \
	else \
		echo "without icon and window, this is the report alone"; \
		bin/mapiscope demo --headless; \
	fi

test: vet house unit race test-real ## everything that must hold: vet, house rules, tests, races, real parts, a fuzz smoke
	.ci/fuzz $(FUZZSMOKE)

test-real: setup-real ## tests against real parts: browsers, networks, daemons (Debian, as root)
	.ci/test-real

setup-real:
	.ci/setup-real

vet:
	$(GO) vet ./...
	$(GO) vet -tags real ./...

house: ## the import rules and the look of the tree
	$(GO) test -count=1 .

unit:
	$(GO) test ./...

race:
	$(GO) test -race -timeout 25m ./...

fuzz: ## every fuzz target for FUZZTIME (60s) each
	.ci/fuzz $(FUZZTIME)

lint: ## staticcheck, and govulncheck where its database can be reached
	$(GO) run $(STATICCHECK) ./...
	@if pkg-config --exists ayatana-appindicator3-0.1 gl 2>/dev/null; then \
		$(GO) run $(STATICCHECK) -tags $(TAGS),real ./...; \
	else echo "staticcheck: icon and window NOT CHECKED, their libraries are not here (make desktop)"; fi
	.ci/vulncheck $(GOVULNCHECK)

accuracy: ## how often a diagnosis is right: every fault injected, ACCURACY_PAIRS (200) pairs of them drawn with ACCURACY_SEED (1); writes docs/accuracy.md
	$(GO) run ./diag/lab/accuracy -pairs $(or $(ACCURACY_PAIRS),200) -seed $(or $(ACCURACY_SEED),1) -out docs/accuracy.md

bench: ## the engine, a diagnosis and the process, each next to its floor
	$(GO) test -run '^$$' -bench 'PlainPOST|Execute' -benchtime 3s ./transport/mapihttp
	$(GO) test -run '^$$' -bench 'Diagnosis|Process' -benchtime 10x .

soak: ## a thousand switches, sleeps, cuts and delays in a row, for SEEDS (1 2 3)
	@for s in $(or $(SEEDS),1 2 3); do $(GO) test -count=1 -run 'TestSoak' -v ./diag/monitor -events=1000 -seed=$$s || exit 1; done

bench-idle: build ## the agent left alone for BENCH_IDLE (10m): memory, CPU time, wake-ups, of each build that is there
	@for p in bin/mapiscope bin/mapiscope-desktop; do if [ -x $$p ]; then echo "== $$p"; \
		BENCH_IDLE_PROGRAM=$(CURDIR)/$$p $(GO) test -run '^$$' -bench IdleAgent -benchtime 1x -timeout 2h . || exit 1; fi; done

bench-desktop: desktop setup-real ## start and memory of agent, icon and window, each beside its aim
	DESK_PROGRAM=$(CURDIR)/bin/mapiscope-desktop $(GO) test -tags real -run '^$$' -bench Desktop -benchtime 1x ./ui/tray

screenshots: desktop setup-real ## the pictures of the README, docs/screenshots, and those that the tests compare with
	DESK_PROGRAM=$(CURDIR)/bin/mapiscope-desktop $(GO) test -tags real -count=1 -run 'TestReal(Pages|Progress|FirstStart|Screenshots)' ./ui/window -update -screenshots $(CURDIR)/docs/screenshots

bench-cert: ## the inspection of a certificate next to one handshake and revocation, and to openssl
	$(GO) test -run '^$$' -bench 'Certificate|CertCommand' -benchtime 20x .

recording: ## docs/guide.cast and docs/guide.svg: a guided run through three causes, as a terminal shows it
	$(GO) run ./ui/cli/recording docs

# Where there is no cgo the window library wants the tag ci on macOS, to be vetted.
cross: ## vet and build the command line for every platform
	@set -e; for p in $(PLATFORMS); do \
		export GOOS=$${p%/*} GOARCH=$${p#*/} CGO_ENABLED=0; \
		if [ $$GOOS = darwin ]; then tags=ci; else tags=; fi; \
		$(GO) vet -tags "$$tags" ./...; \
		out=dist/mapiscope-$$GOOS-$$GOARCH; \
		if [ $$GOOS = windows ]; then out=$$out.exe; fi; \
		$(BUILD) -o $$out .; \
		echo "ok  $$p  $$out"; \
	done

man: ## the man pages: dist/man
	@mkdir -p dist/man
	SOURCE_DATE_EPOCH=$(EPOCH) $(GO) run ./ui/cli/manpages dist/man

clean: ## remove what was built
	rm -rf bin dist

# ---- packages: docs/packaging.md ----
# Name, version and icon are those of FyneApp.toml. A build that is not at the tag of
# its version says so: 0.1.0-dev comes before 0.1.0.
fyneapp  = $(shell sed -n 's/^$(1) *= *"\{0,1\}\([^"]*\)"\{0,1\}$$/\1/p' FyneApp.toml)
RELEASE := $(call fyneapp,Version)
VERSION := $(RELEASE)$(shell git describe --exact-match --match 'v$(RELEASE)' >/dev/null 2>&1 || echo -dev)
TAGS    := migrated_fynedo,accessibility
ARCH    ?= $(shell $(GO) env GOARCH)
FACTS    = RELEASE=$(RELEASE) VERSION=$(VERSION) TAGS=$(TAGS) ID=$(call fyneapp,ID) NAME=$(call fyneapp,Name) \
	BUILD=$(call fyneapp,Build) ICON=$(basename $(call fyneapp,Icon)) WEBSITE=$(call fyneapp,Website) \
	SOURCE_DATE_EPOCH=$(EPOCH) PACKED="$(PACKED)"

# What is packed is stripped; on Linux its place in memory is random as well.
PACKED  := $(LDFLAGS) -s -w -X $(PKG).version=$(VERSION)
NFPM    := $(GO) run github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.45.2

.PHONY: package stage deb rpm tarball windows installer try-windows macos-bundle
package: deb rpm tarball installer macos-bundle ## everything that can be packed here: dist/

stage: # dist/linux: what the .deb and the .rpm install
	@mkdir -p dist
	CGO_ENABLED=1 $(GO) build -buildvcs=false $(DESKTOP) -ldflags '$(PACKED) -extldflags=-Wl,-z,relro,-z,now' -o dist/mapiscope-pie .
	$(FACTS) packaging/linux/stage dist/mapiscope-pie dist/linux

deb rpm: stage ## the Debian and the RPM package, with icon and window
	@rm -f dist/mapiscope*.$@
	$(FACTS) ARCH=$(ARCH) $(NFPM) package -f packaging/linux/nfpm.yaml -p $@ -t dist/

tarball: ## the static command line for servers, with man pages and completions
	$(FACTS) packaging/linux/tarball

windows: ## dist/windows: mapiscope.exe for the console, mapiscopew.exe for the desktop (mingw-w64)
	$(FACTS) packaging/windows/build

installer: windows ## the setup program for Windows (nsis)
	makensis -V2 -NOCD -DVERSION=$(VERSION) -DRELEASE=$(RELEASE) packaging/windows/installer.nsi

try-windows: installer ## install, start and remove it under Wine (wine64, xvfb)
	packaging/windows/try dist/mapiscope-$(VERSION)-setup.exe $(VERSION)

macos-bundle: ## dist/Mapiscope.app around MACOS_BINARY; without one, around the command line alone
	$(FACTS) packaging/macos/bundle $(MACOS_BINARY)
