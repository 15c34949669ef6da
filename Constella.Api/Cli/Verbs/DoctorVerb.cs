using System.Collections.Immutable;
using System.CommandLine;
using Constella.Api.Cli.Doctor;
using Constella.Api.Cli.Node;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Terminal;
using Constella.Api.Configuration;
using Constella.Api.Peers;
using Constella.Core.Members;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella doctor</c>: what is wrong with this node and its machine, and what to do about it.</summary>
internal static class DoctorVerb
{
    public static Command Create(CliHost host)
    {
        var verb = new Verb(
            "doctor",
            "Look for what is wrong with this node and its machine, and say what to do. Ends with 1 where something is wrong; works while the node does not run, too.",
            "constella doctor",
            "constella doctor --json");
        verb.SetAction((parse, cancellation) => RunAsync(host, parse, cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(CliHost host, ParseResult parse, CancellationToken cancellation)
    {
        var options = host.Options(parse);
        var (state, node) = host.Open(parse);
        using (node)
        {
            var findings = ImmutableArray.CreateBuilder<Finding>();
            var (carries, running) = await LookAtNodeAsync(host, node, options, state, findings, cancellation);
            findings.Add(MachineChecks.State(options.StateDir));
            findings.Add(MachineChecks.Permissions(options.StateDir));
            findings.Add(MachineChecks.Disk(options.StateDir));
            findings.Add(await MachineChecks.TelegramAsync(options, state, cancellation));
            findings.Add(MachineChecks.Overlay(options, state, host.WireGuard, carries));
            findings.Add(await ServiceCheck.LookAsync(cancellation));
            findings.Add(await MachineChecks.ChartsAsync(cancellation));
            findings.Add(MachineChecks.Zones(options, state));
            var document = new DoctorDocument(findings.All(finding => finding.Verdict != Verdict.Wrong), running, findings.ToImmutable());
            if (host.WantsJson(parse))
                host.WriteJson(document, CliJson.Default.DoctorDocument);
            else
                Write(document, host.Console);
            return document.Well ? ExitCode.Ok : ExitCode.Failed;
        }
    }

    private static async Task<(bool Carries, bool Running)> LookAtNodeAsync(
        CliHost host, INode node, ConstellaOptions options, NetworkState state, ImmutableArray<Finding>.Builder findings, CancellationToken cancellation)
    {
        try
        {
            var health = await node.HealthAsync(cancellation);
            // A stranger on this port is not our node, however well it is.
            if (health.NodeId != state.NodeId)
                throw new PeerException(null, null, $"another node ({health.NodeId}) answers at its address");
            var network = await node.PeersAsync(cancellation);
            findings.Add(NetworkChecks.Node(health, network));
            var sights = await Task.WhenAll(network.Peers.Select(peer => RttVerb.SightAsync(node, network, peer, cancellation)));
            findings.Add(NetworkChecks.Port(network, [.. sights.Select(sight => sight.Seen)]));
            findings.Add(NetworkChecks.Clock(network, await node.SettingsAsync(cancellation)));
            findings.Add(NetworkChecks.Versions(VerifyVerb.Of(network)));
            findings.Add(options.Tls ? await host.LookAtCertificate(CliHost.AddressOf(options), state, cancellation) : Finding.Note("certificate", "TLS is off (CONSTELLA_TLS_MODE)"));
            return (!network.Peers.First(peer => peer.IsSelf).OverlayDown, true);
        }
        catch (PeerException silent) when (silent.Status is null)
        {
            findings.Add(Finding.Wrong("node", $"does not run: {silent.Message}", "systemctl start constella, or `constella run`; then its log"));
            findings.Add(Finding.Note("network", "port, clock, versions and certificate are not looked at: the node does not run"));
            return (true, false);
        }
    }

    private static void Write(DoctorDocument document, ICliConsole console)
    {
        var ink = Ink.For(console);
        var wide = document.Findings.Max(finding => finding.Check.Length);
        foreach (var finding in document.Findings)
        {
            var (sign, tone) = finding.Verdict switch
            {
                Verdict.Ok => ("ok   ", Tone.Good),
                Verdict.Note => ("note ", Tone.Warning),
                _ => ("wrong", Tone.Bad),
            };
            console.Out.WriteLine($"{ink.Paint(sign, tone)}  {finding.Check.PadRight(wide)}  {finding.Text}");
            if (finding.Remedy is { } remedy)
                console.Out.WriteLine($"       {new string(' ', wide)}  {ink.Arrow} {remedy}");
        }
        var wrong = document.Findings.Count(finding => finding.Verdict == Verdict.Wrong);
        console.Out.WriteLine();
        console.Out.WriteLine(wrong == 0 ? $"{ink.Check} nothing is wrong" : ink.Paint($"{wrong} of {document.Findings.Length} are wrong", Tone.Bad));
    }
}
