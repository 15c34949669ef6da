# linux/amd64: trimmed, self-contained, one file, over runtime-deps.
# linux/arm64: architecture-neutral build over the ASP.NET Core runtime (the build runs on the builder's own architecture).
# An engine without BuildKit builds for amd64; on another machine give it --build-arg TARGETARCH=arm64.

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH
WORKDIR /src
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY Constella.Core Constella.Core
COPY Constella.Api Constella.Api

# The lock files pin the packs of one patch of the SDK; this image may bring another, so the lock is written anew here.
RUN set -eu; \
    shape=; \
    case "${TARGETARCH:-amd64}" in \
    amd64) shape="-p:RuntimeIdentifier=linux-x64 --self-contained true -p:PublishTrimmed=true -p:PublishReadyToRun=true \
        -p:PublishReadyToRunComposite=true -p:PublishSingleFile=true" ;; \
    arm64) shape="-p:UseAppHost=false" ;; \
    *) echo "no build for ${TARGETARCH}: linux/amd64 and linux/arm64 only" >&2; exit 1 ;; \
    esac; \
    dotnet publish Constella.Api/Constella.Api.csproj -c Release --nologo -v quiet -o /out $shape \
        -p:RestoreLockedMode=false -p:NuGetLockFilePath=obj/image.lock.json -p:NuGetAudit=false; \
    rm -f /out/*.pdb /out/*.xml; \
    if [ ! -e /out/constella ]; then \
        printf '#!/bin/sh\nexec dotnet /opt/constella/constella.dll "$@"\n' >/out/constella; \
        chmod 755 /out/constella; \
    fi

FROM mcr.microsoft.com/dotnet/runtime-deps:10.0 AS base-amd64
FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS base-arm64

FROM base-${TARGETARCH:-amd64} AS final
# What keeps history, what draws charts of it, and what makes the overlay's tunnel.
RUN apt-get update -qq && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends libsqlite3-0 librsvg2-bin fonts-dejavu-core wireguard-tools iproute2 >/dev/null && \
    rm -rf /var/lib/apt/lists/*
COPY --from=build /out /opt/constella
RUN ln -s /opt/constella/constella /usr/local/bin/constella && install -d -m 700 /state

# The base image's web defaults would open a second port. A collection of garbage a mebibyte keeps 7 MB from being taken.
ENV ASPNETCORE_HTTP_PORTS= \
    DOTNET_GCgen0size=0x100000 \
    DOTNET_EnableDiagnostics=0 \
    CONSTELLA_STATE_DIR=/state
VOLUME /state
EXPOSE 4747

# Root without capabilities, as compose.yaml runs it: only the same user as process 1 of the host may ask it to reboot.
# A node that shall never reboot its host runs as anybody: --user 10001, over a state folder of that user.
ENTRYPOINT ["/usr/local/bin/constella"]
CMD ["run"]
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s --retries=3 CMD ["/usr/local/bin/constella", "status", "--quiet"]
STOPSIGNAL SIGTERM
