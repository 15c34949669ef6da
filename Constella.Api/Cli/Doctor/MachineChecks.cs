using Constella.Api.Charts;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Terminal;
using Constella.Api.Configuration;
using Constella.Api.Host;
using Constella.Api.State;
using Constella.Api.Telegram.Client;
using Constella.Api.Telegram.Screens;
using Constella.Api.Vpn;
using Constella.Core.Members;
using Microsoft.Extensions.Logging.Abstractions;

namespace Constella.Api.Cli.Doctor;

/// <summary>What this machine itself shows, whether its node runs or not.</summary>
internal static class MachineChecks
{
    /// <summary>A state that cannot be written ends the node (rule S3); logs and history need some more.</summary>
    private const long LeastFree = 100_000_000;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private const string Picture = """<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>""";

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(8);

    /// <summary>The file could be read, or there would be no command line here; its last good copy is what a damaged one is mended with.</summary>
    public static Finding State(string folder)
    {
        var (file, copy) = StateStore.Inspect(folder);
        return copy.Wrong is { } wrong
            ? Finding.Note("state", $"the file is good, its last good copy {wrong}", "the node writes it anew with the next change")
            : Finding.Ok("state", $"good, written {file.Written:yyyy-MM-dd HH:mm:ss} UTC");
    }

    /// <summary>The folder, and what in it holds a secret.</summary>
    public static Finding Permissions(string folder)
    {
        if ((File.GetUnixFileMode(folder) & Others) != 0)
            return Finding.Wrong("permissions", $"{folder} is open to others", $"chmod 700 {folder}");
        var wg = Path.Combine(folder, "wg");
        var open = Directory.EnumerateFiles(folder, StateStore.FileName + "*")
            .Concat(Directory.Exists(wg) ? Directory.EnumerateFiles(wg, "*.conf") : [])
            .FirstOrDefault(file => (File.GetUnixFileMode(file) & Others) != 0);
        return open is null ? Finding.Ok("permissions", $"{folder} and its secrets are for their owner alone") : Finding.Wrong("permissions", $"{open} holds secrets and is open to others", $"chmod 600 {open}");
    }

    public static Finding Disk(string folder)
    {
        var free = new DriveInfo(folder).AvailableFreeSpace;
        return free < LeastFree
            ? Finding.Wrong("disk", $"{Units.Bytes(free)} free for {folder}; the node ends where its state cannot be written", $"make room: df -h {folder}; journalctl --vacuum-size=100M")
            : Finding.Ok("disk", $"{Units.Bytes(free)} free for {folder}");
    }

    /// <summary>By <c>getMe</c>, which disturbs no poller.</summary>
    public static async Task<Finding> TelegramAsync(ConstellaOptions options, NetworkState state, CancellationToken cancellation)
    {
        if (state.Settings.BotToken is not { Length: > 0 } token)
            return Finding.Note("telegram", "the network has no bot token", "constella config set bot-token");
        using var clients = new TelegramBotClientFactory(options.BotApiUrl);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(s_limit);
        try
        {
            return Finding.Ok("telegram", $"@{(await clients.Create(token).GetMeAsync(limited.Token)).Username} answers");
        }
        catch (ApiRequestException refused) when (refused.ErrorCode is 401 or 404)
        {
            return Finding.Wrong("telegram", "the bot token is refused", "set the one that @BotFather tells: constella config set bot-token");
        }
        catch (RequestException failed)
        {
            return Finding.Wrong("telegram", $"{options.BotApiUrl.Host} is not reached from here: {failed.Message}", "this node is preferred last as Host; let HTTPS out, or set CONSTELLA_BOT_API_URL");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Finding.Wrong("telegram", $"{options.BotApiUrl.Host} does not answer within {s_limit.TotalSeconds:0} s", "this node is preferred last as Host; let HTTPS out, or set CONSTELLA_BOT_API_URL");
        }
    }

    /// <param name="carries">As the running node has found (rule O3).</param>
    public static Finding Overlay(ConstellaOptions options, NetworkState state, IWireGuard wireGuard, bool carries)
    {
        if (options.Vpn.For(Mapping.Self(state).Overlay) is not { } vpn)
            return Finding.Ok("overlay", "this node is in none");
        var network = new WireGuardFile(options.StateDir, vpn.Interface).Read()?.Address ?? vpn.Network;
        var sight = wireGuard.Look(vpn.Interface, network);
        if (!sight.Usable)
            return Finding.Wrong("overlay", $"{vpn.Interface} is not up; the nodes use the public addresses", "sudo constella vpn up");
        return carries
            ? Finding.Ok("overlay", $"{vpn.Interface} is up, {sight.Host}")
            : Finding.Wrong("overlay", $"{vpn.Interface} is up, but nobody answers in there; the nodes use the public addresses", "constella vpn (handshakes); is the hub's UDP port open?");
    }

    public static async Task<Finding> ChartsAsync(CancellationToken cancellation)
    {
        using var rasteriser = new ChartRasteriser(NullLogger<ChartRasteriser>.Instance);
        return await rasteriser.RenderAsync(Picture, cancellation) is null
            ? Finding.Note("charts", "the bot sends numbers in their place from here: rsvg-convert or its font is missing", "apt-get install librsvg2-bin fonts-dejavu-core")
            : Finding.Ok("charts", "rsvg-convert and its font are there");
    }

    public static Finding Zones(ConstellaOptions options, NetworkState state)
    {
        string?[] zones = [HostZone.Name(options.HostRoot), Options.Text(state.Settings.Options, Options.TimeZone, null)];
        return zones.FirstOrDefault(zone => zone is not null && !OwnerClock.IsZone(zone)) is { } missing
            ? Finding.Wrong("time zones", $"this machine has no data of {missing}; times are told in UTC", "apt-get install tzdata")
            : Finding.Ok("time zones", string.Join(", ", zones.Where(zone => zone is not null).Distinct()));
    }
}
