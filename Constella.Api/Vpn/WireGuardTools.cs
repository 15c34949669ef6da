using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Constella.Core.Members;

namespace Constella.Api.Vpn;

/// <summary>
/// By <c>wg</c> and <c>ip</c>, as processes of their own. What is secret goes by standard input, never as an argument; of what the tools say no key is
/// repeated.
/// </summary>
internal sealed partial class WireGuardTools : IWireGuard
{
    private const int Mtu = 1420;
    private const string Forwarding = "/proc/sys/net/ipv4/ip_forward";
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    public string NewKey() => Run("wg", null, "genkey").Trim();

    public string PublicKey(string privateKey) => Run("wg", privateKey + "\n", "pubkey").Trim();

    public IReadOnlyList<string> Up(string name, string config, OverlayAddress address, bool forwards)
    {
        // Asked for first: without it nothing is begun.
        Run("wg", null, "--version");
        if (!Exists(name))
            Make(name);
        Sync(name, config);
        Run("ip", null, "address", "replace", address.ToString(), "dev", name);
        Run("ip", null, "link", "set", "dev", name, "mtu", Mtu.ToString(CultureInfo.InvariantCulture), "up");
        return forwards && !Forwards()
            ? ["clients reach each other through the hub only where it forwards: sysctl -w net.ipv4.ip_forward=1, and the same in /etc/sysctl.d"]
            : [];
    }

    public void Sync(string name, string config) => Run("wg", config, "syncconf", name, "/dev/stdin");

    public void Down(string name) => Run("ip", null, "link", "delete", "dev", name);

    public IReadOnlyDictionary<string, DateTimeOffset>? Handshakes(string name)
    {
        try
        {
            return Run("wg", null, "show", name, "latest-handshakes").Split('\n')
                .Select(static line => line.Split('\t'))
                .Where(static fields => fields.Length == 2 && long.TryParse(fields[1], out var at) && at > 0)
                .ToDictionary(static fields => fields[0], static fields => DateTimeOffset.FromUnixTimeSeconds(long.Parse(fields[1], CultureInfo.InvariantCulture)));
        }
        catch (WireGuardException)
        {
            return null;
        }
    }

    public InterfaceSight Look(string name, OverlayAddress network)
    {
        try
        {
            if (Array.Find(NetworkInterface.GetAllNetworkInterfaces(), card => card.Name == name) is not { } card)
                return InterfaceSight.None;
            var host = card.GetIPProperties().UnicastAddresses
                .Where(unicast => unicast.Address.AddressFamily == AddressFamily.InterNetwork)
                .Select(unicast => unicast.Address.ToString())
                .FirstOrDefault(address => network.Contains(address));
            return new InterfaceSight(true, card.OperationalStatus != OperationalStatus.Down, host);
        }
        catch (Exception gone) when (gone is NetworkInformationException or IOException)
        {
            // Between two calls it was taken away.
            return InterfaceSight.None;
        }
    }

    private static bool Exists(string name) => NetworkInterface.GetAllNetworkInterfaces().Any(card => card.Name == name);

    private static void Make(string name)
    {
        try
        {
            Run("ip", null, "link", "add", "dev", name, "type", "wireguard");
        }
        catch (WireGuardException kernel) when (!NotPermitted().IsMatch(kernel.Message))
        {
            // A kernel without the module, as in many containers: the same in user space.
            Run("wireguard-go", null, name);
        }
    }

    private static bool Forwards()
    {
        try
        {
            if (File.ReadAllText(Forwarding).Trim() == "1")
                return true;
            File.WriteAllText(Forwarding, "1");
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Run(string program, string? input, params string[] arguments)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = "/",
            },
        };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            throw new WireGuardException(Missing(program));
        }
        return Finish(process, program, arguments, input);
    }

    private static string Finish(Process process, string program, string[] arguments, string? input)
    {
        try
        {
            using (process.StandardInput)
                process.StandardInput.Write(input);
        }
        catch (IOException)
        {
            // It ended before it had read all; why stands in what it says.
        }
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(s_limit) || !Task.WaitAll([errors, output], s_limit))
        {
            process.Kill(entireProcessTree: true);
            throw new WireGuardException($"{program} {arguments[0]} did not end within {s_limit.TotalSeconds:0} s");
        }
        if (process.ExitCode == 0)
            return output.Result;
        var said = Key().Replace(errors.Result.Trim().Split('\n')[0], "(key)");
        throw new WireGuardException($"{program} {arguments[0]}: {(said.Length == 0 ? $"exit code {process.ExitCode}" : said)}");
    }

    private static string Missing(string program) => program switch
    {
        "ip" => "ip is missing: apt-get install --no-install-recommends iproute2",
        "wireguard-go" => "this kernel has no WireGuard, and wireguard-go, which does without, is missing: apt-get install --no-install-recommends wireguard-go",
        _ => $"{program} is missing: apt-get install --no-install-recommends wireguard-tools",
    };

    [GeneratedRegex("[A-Za-z0-9+/]{42,43}=?")]
    private static partial Regex Key();

    [GeneratedRegex("not permitted|denied|is missing", RegexOptions.IgnoreCase)]
    internal static partial Regex NotPermitted();
}
