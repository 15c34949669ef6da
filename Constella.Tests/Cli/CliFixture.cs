using Constella.Api.Cli;
using Constella.Api.Cli.Doctor;
using Constella.Api.State;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Tests.Vpn;
using Microsoft.Extensions.Configuration;

namespace Constella.Tests.Cli;

/// <summary>One command line with a folder of its own, a node of strings, and no environment.</summary>
internal sealed class CliFixture : IDisposable
{
    public string StateDir { get; } = Directory.CreateTempSubdirectory("constella-cli-").FullName;

    public FakeConsole Console { get; init; } = new();

    public FakeNode Node { get; init; } = new();

    public FakeWireGuard WireGuard { get; } = new();

    public FakeTime Time { get; init; } = new(FakeNode.Now);

    /// <summary>In place of the environment, keys without prefix.</summary>
    public Dictionary<string, string?> Environment { get; init; } = [];

    public CliFixture WithState()
    {
        using var store = StateStore.Open(StateDir);
        store.Save(State());
        return this;
    }

    public Task<int> RunAsync(params string[] args)
    {
        var host = new CliHost(Console, Time)
        {
            Connect = (_, _, _) => Node,
            WireGuard = WireGuard,
            LookAtCertificate = (_, _, _) => Task.FromResult(Finding.Ok("certificate", "3 d old")),
            Layers = overrides =>
            [
                new("environment", Of([new("STATE_DIR", StateDir), .. Environment])),
                new("flag", Of(overrides)),
            ],
        };
        return CommandLine.InvokeAsync(args, host, CancellationToken.None);
    }

    private static IConfiguration Of(IEnumerable<KeyValuePair<string, string?>> values) => new ConfigurationBuilder().AddInMemoryCollection(values).Build();

    public static NetworkState State() => new()
    {
        NetworkId = "0123456789abcdef",
        NetworkSecret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
        NodeId = FakeNode.Self,
        Peers =
        [
            new MemberRecord { NodeId = FakeNode.Self, Name = "delta-01", Addr = "203.0.113.10:4747" },
            new MemberRecord { NodeId = FakeNode.Other, Name = "echo-02", Addr = "203.0.113.11:4747" },
        ],
        Members = new MemberSet { Cfg = new Stamp(new Term(1, FakeNode.Self), 2), Ids = [FakeNode.Self, FakeNode.Other] },
        Settings = new Settings { OwnerUsername = "username", BotToken = "123:CANARY" },
    };

    public void Dispose() => Directory.Delete(StateDir, recursive: true);
}
