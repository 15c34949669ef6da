# linux/amd64: trimmed, self-contained, one file.
# linux/arm64: architecture-neutral build and the ASP.NET Core runtime.
# An engine without BuildKit builds for amd64; on another machine give it --build-arg TARGETARCH=arm64.
# Either way the image holds what the node and its charts load, and nothing else: no distribution, no package manager.

# Set by BuildKit.
ARG TARGETARCH

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH
WORKDIR /src
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

COPY global.json Directory.Build.props Directory.Packages.props .editorconfig openapi.yaml ./
COPY Constella.Core Constella.Core
COPY Constella.Api Constella.Api

# The lock files pin the packs of one patch of the SDK; this image may bring another, so the lock is written anew here. What its
# analyzers think of the sources is for who writes them.
RUN set -eu; \
    shape=; \
    case "${TARGETARCH:-amd64}" in \
    amd64) shape="-p:RuntimeIdentifier=linux-x64 --self-contained true -p:PublishTrimmed=true -p:PublishReadyToRun=true \
        -p:PublishReadyToRunComposite=true -p:PublishSingleFile=true" ;; \
    arm64) shape="-p:UseAppHost=false" ;; \
    *) echo "no build for ${TARGETARCH}: linux/amd64 and linux/arm64 only" >&2; exit 1 ;; \
    esac; \
    dotnet publish Constella.Api/Constella.Api.csproj -c Release --nologo -v quiet -o /out $shape \
        -p:RestoreLockedMode=false -p:NuGetLockFilePath=obj/image.lock.json -p:NuGetAudit=false \
        -p:RunAnalyzers=false -p:TreatWarningsAsErrors=false; \
    rm -f /out/*.pdb /out/*.xml /out/*.lock.json; \
    if [ ! -e /out/constella ]; then \
        printf '#!/bin/sh\nexec dotnet /opt/constella/constella.dll "$@"\n' >/out/constella; \
        chmod 755 /out/constella; \
    fi

FROM mcr.microsoft.com/dotnet/runtime-deps:10.0 AS base-amd64
FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS base-arm64

FROM base-${TARGETARCH:-amd64} AS parts
# What keeps history, what draws charts of it, and what makes the overlay's tunnel.
RUN apt-get update -qq && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends libsqlite3-0 librsvg2-bin fonts-dejavu-core wireguard-tools iproute2 binutils >/dev/null
COPY --from=build /out /opt/constella
COPY scripts/icudata.s /tmp/
# Programs, the libraries that they load by name (history, TLS), and all that those are linked with.
RUN set -eu; \
    programs="/bin/sh /usr/bin/rsvg-convert /usr/bin/wg /bin/ip"; \
    libs="$(find /usr/lib /lib -name libsqlite3.so.0 -o -name libssl.so.3 -o -name libcrypto.so.3)"; \
    node="$(find /opt/constella /usr/share/dotnet /usr/lib/dotnet -type f \( -name constella -o -name dotnet -o -name '*.so' \) 2>/dev/null || true)"; \
    for file in $programs $libs $node; do ldd "$file" 2>/dev/null | grep -o '/[^ ]*' || true; done | \
        sort -u | xargs cp -L --parents -t /mnt $programs $libs; \
    for path in /opt/constella /usr/share/dotnet /usr/lib/dotnet /usr/lib/ssl /etc/ssl /etc/fonts /usr/share/fontconfig \
        /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf /usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf /usr/share/zoneinfo; do \
        if [ -e "$path" ]; then cp -a --parents -t /mnt "$path"; fi; \
    done; \
    rm -rf /mnt/usr/share/zoneinfo/right /mnt/usr/share/zoneinfo/posix; \
    # 31 MB of tables, which librsvg's XML parser is linked with and asks for encodings of old: charts are UTF-8.
    for tables in $(find /mnt -name 'libicudata.so.*'); do \
        version="${tables##*.}"; \
        sed "s/NN/$version/" /tmp/icudata.s | as -o /tmp/icudata.o -; \
        ld -shared -soname "libicudata.so.$version" -o "$tables" /tmp/icudata.o; \
    done; \
    cp /etc/passwd /etc/group /etc/nsswitch.conf /mnt/etc/; \
    install -d /mnt/usr/local/bin /mnt/proc /mnt/sys /mnt/dev /mnt/host; \
    install -d -m 1777 /mnt/tmp; \
    install -d -m 700 /mnt/state /mnt/mark; \
    ln -s /opt/constella/constella /mnt/usr/local/bin/constella; \
    if [ -d /mnt/usr/share/dotnet ]; then ln -s /usr/share/dotnet/dotnet /mnt/usr/local/bin/dotnet; fi

FROM scratch AS final
COPY --from=parts /mnt /
# The base image's web defaults would open a second port. A collection of garbage a mebibyte keeps 7 MB from being taken.
ENV PATH=/usr/local/bin:/usr/bin:/bin \
    ASPNETCORE_HTTP_PORTS= \
    DOTNET_GCgen0size=0x100000 \
    DOTNET_EnableDiagnostics=0 \
    CONSTELLA_STATE_DIR=/state
# Nothing was left out that they are linked with.
RUN ["/usr/local/bin/constella", "--version"]
RUN ["/usr/bin/rsvg-convert", "--version"]
VOLUME /state
EXPOSE 4747

# Root without capabilities, as compose.yaml runs it: only the same user as process 1 of the host may ask it to reboot.
# A node that shall never reboot its host runs as anybody: --user 10001, over a state folder of that user.
ENTRYPOINT ["/usr/local/bin/constella"]
CMD ["run"]
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s --retries=3 CMD ["/usr/local/bin/constella", "status", "--quiet"]
STOPSIGNAL SIGTERM
