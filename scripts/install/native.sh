# shellcheck shell=bash
# A release for this machine: built from the sources, kept by their hash, or taken from an archive.

SDK_REMEDY="the .NET 10 SDK is missing. Debian, Ubuntu: apt-get install dotnet-sdk-10.0 (feed: https://learn.microsoft.com/dotnet/core/install/linux);
  any distribution: https://dot.net/v1/dotnet-install.sh --channel 10.0; or without an SDK: --from an archive made by scripts/pack-release"

# The SDK wants ICU for nothing that a build needs: a small Debian has none.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

has_sdk() {
  have dotnet && (cd "$ROOT" && dotnet --version >/dev/null 2>&1)
}

# What the release is made of, and with what: the same again needs no build.
source_key() {
  (
    cd "$ROOT" || exit 1
    {
      find Constella.Core Constella.Api -type f -not -path '*/bin/*' -not -path '*/obj/*' -print0 |
        LC_ALL=C sort -z | xargs -0 sha256sum
      sha256sum Directory.Build.props Directory.Packages.props global.json scripts/install/native.sh
      dotnet --version
      uname -m
    } | sha256sum | cut -c 1-16
  )
}

# Sets RELEASE, the folder that holds the executable `constella`.
make_release() {
  if [ -n "$FROM" ]; then
    unpack_release
    return
  fi
  has_sdk || die "$SDK_REMEDY"
  RELEASE="$ROOT/artifacts/release/$(source_key)"
  if [ -x "$RELEASE/constella" ]; then
    ok "already built"
    return
  fi
  plan "build the release into ${RELEASE#"$ROOT"/}" || return 0
  warn_small_machine
  local started=$SECONDS
  mkdir -p "$ROOT/artifacts/release"
  lock_builds
  if [ ! -x "$RELEASE/constella" ]; then build_release "$RELEASE"; fi
  unlock_builds
  forget_old_releases
  ok "built ($((SECONDS - started)) s)"
}

warn_small_machine() {
  local free
  free="$(awk '/^(MemAvailable|SwapFree):/ { sum += $2 } END { print int(sum / 1024) }' /proc/meminfo)"
  if ((free < 900)); then
    warn "a build takes about 1 GB of memory, $free MB are free: if it fails, build elsewhere (scripts/pack-release) and use --from"
  fi
}

lock_builds() {
  if have flock; then
    exec 8>"$ROOT/artifacts/release/.lock"
    flock 8
  fi
}

unlock_builds() {
  if have flock; then exec 8>&-; fi
}

# build_release FOLDER: self-contained where the packs can be had, else on the shared framework.
build_release() {
  local log="$ROOT/artifacts/build.log" scratch
  scratch="$(mktemp -d "$ROOT/artifacts/release/.building.XXXXXX")"
  : >"$log"
  if [ "$(uname -m)" != x86_64 ] || ! publish_self_contained "$scratch" "$log" ||
    ! "$scratch/out/constella" --version >>"$log" 2>&1; then
    warn "no self-contained build here: the node will run on the shared .NET runtime"
    rm -rf "$scratch/out"
    publish_portable "$scratch" "$log" || {
      tail -n 20 "$log" >&2
      rm -rf "$scratch"
      die "the build failed; all of it is in $log"
    }
  fi
  rm -f "$scratch"/out/*.pdb "$scratch"/out/*.xml "$scratch"/out/packages*.lock.json
  rm -rf "$1"
  mv "$scratch/out" "$1"
  rm -rf "$scratch"
  chmod 755 "$1"
}

publish() {
  local scratch="$1" log="$2"
  shift 2
  (
    cd "$ROOT" || exit 1
    export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
    export DOTNET_CLI_HOME="${DOTNET_CLI_HOME:-${HOME:-$ROOT/artifacts}}"
    # Open files of this script, such as the lock, are not the build's; what a newer SDK warns of is not the user's.
    dotnet publish Constella.Api/Constella.Api.csproj -c Release --nologo -v quiet --artifacts-path "$scratch/work" -o "$scratch/out" \
      -p:UseSharedCompilation=false -p:RunAnalyzers=false -p:TreatWarningsAsErrors=false -p:CI= "$@" >>"$log" 2>&1 8>&-
  )
}

publish_self_contained() {
  local scratch="$1" log="$2"
  local shape=(-p:RuntimeIdentifier=linux-x64 --self-contained true -p:PublishTrimmed=true -p:PublishReadyToRun=true
    -p:PublishReadyToRunComposite=true -p:PublishSingleFile=true)
  # The lock pins the SDK's own packs; another patch of the SDK builds as well, with a lock of its own.
  publish "$scratch" "$log" "${shape[@]}" -p:RestoreLockedMode=true ||
    publish "$scratch" "$log" "${shape[@]}" -p:RestoreLockedMode=false -p:NuGetLockFilePath=obj/release.lock.json
}

publish_portable() {
  local scratch="$1" log="$2"
  publish "$scratch" "$log" -p:UseAppHost=false -p:RestoreLockedMode=true || return 1
  cat >"$scratch/out/constella" <<'LAUNCHER'
#!/bin/sh
exec dotnet "$(dirname "$(readlink -f "$0")")/constella.dll" "$@"
LAUNCHER
  chmod 755 "$scratch/out/constella"
}

# The release before this one may still be running.
forget_old_releases() {
  local old
  find "$ROOT/artifacts/release" -mindepth 1 -maxdepth 1 -name '.building.*' -mmin +120 -exec rm -rf {} +
  while IFS= read -r old; do
    rm -rf "$old"
  done < <(find "$ROOT/artifacts/release" -mindepth 1 -maxdepth 1 -type d -not -name '.*' -printf '%T@ %p\n' | sort -rn | tail -n +4 | cut -d ' ' -f 2-)
}

unpack_release() {
  [ -r "$FROM" ] || die "the archive '$FROM' cannot be read"
  local key scratch
  key="archive-$(sha256sum "$FROM" | cut -c 1-16)"
  RELEASE="$ROOT/artifacts/release/$key"
  if [ -x "$RELEASE/constella" ]; then
    ok "already unpacked"
    return
  fi
  plan "unpack $FROM into ${RELEASE#"$ROOT"/}" || return 0
  mkdir -p "$ROOT/artifacts/release"
  scratch="$(mktemp -d "$ROOT/artifacts/release/.building.XXXXXX")"
  if ! tar -xzf "$FROM" -C "$scratch" --no-same-owner || [ ! -x "$scratch/constella" ]; then
    rm -rf "$scratch"
    die "'$FROM' is no archive of scripts/pack-release"
  fi
  chmod 755 "$scratch"
  if ! "$scratch/constella" --version >/dev/null 2>&1; then
    rm -rf "$scratch"
    die "the release in '$FROM' does not run here ($(uname -m)): pack one for this machine, or install the .NET 10 runtime for a portable one"
  fi
  rm -rf "$RELEASE"
  mv "$scratch" "$RELEASE"
  ok "unpacked"
}
