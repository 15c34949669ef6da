using Constella.Api.Cluster;
using Constella.Api.Configuration;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Core;
using Constella.Core.Members;
using Constella.Core.Speed;

namespace Constella.Api.Speed;

/// <summary>What the owner's settings and this machine's own configuration allow (rules B4 and C2), and that it is one test at a time.</summary>
internal sealed class SpeedRules(ICluster cluster, ConstellaOptions options, SpeedStore store)
{
    private string? _held;

    /// <summary>Why this machine takes part in no test, or null.</summary>
    public string? Refused => options.SpeedTest ? null : $"speed tests are switched off on {cluster.View.Name} (CONSTELLA_SPEED_TEST)";

    public long Bytes(string node) => Options.Bytes(cluster.View.Settings.Options, Options.SpeedBytes, node);

    public int Seconds(string node) => Seconds(cluster.View.Settings, node);

    /// <summary>A value that only a newer version understands counts as the shortest.</summary>
    public static int Seconds(Settings settings, string node) =>
        Math.Clamp(Options.Number(settings.Options, Options.SpeedSeconds, node) ?? 2, 2, Limits.SpeedSeconds);

    public long Monthly => Options.Bytes(cluster.View.Settings.Options, Options.SpeedMonthly, cluster.View.NodeId);

    public IReadOnlyList<Uri> Urls =>
    [
        .. (Options.Text(cluster.View.Settings.Options, Options.SpeedUrls, cluster.View.NodeId) ?? "")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(static text => Uri.TryCreate(text, UriKind.Absolute, out var url) ? url : null).OfType<Uri>(),
    ];

    /// <summary>Takes this node's one place for a test, and puts its bytes by, on disk.</summary>
    /// <param name="wanted">Bytes.</param>
    /// <param name="note">What is written with it.</param>
    /// <returns>The bytes that were put by: what is wanted, or less.</returns>
    /// <exception cref="PeerException">Not allowed, another test goes on, or no bytes are left.</exception>
    public long Enter(string test, long wanted, Func<SpeedBook, long, SpeedBook>? note = null)
    {
        if (Refused is { } why)
            throw Refusing(ApiErrors.Refused, why);
        if (Interlocked.CompareExchange(ref _held, test, null) is not null)
            throw Refusing(ApiErrors.Busy, $"{cluster.View.Name} takes part in another speed test; try again when it is over");
        try
        {
            var bytes = Math.Min(Math.Min(wanted, Bytes(cluster.View.NodeId)), store.Book.Left(store.Month, Monthly));
            if (bytes < Limits.SpeedBytesLeast)
                throw Refusing(ApiErrors.Budget, $"the bytes that {cluster.View.Name} may spend on speed tests this month are used up");
            store.Change(book => book.Take(store.Month, bytes) is var taken && note is not null ? note(taken, bytes) : taken);
            return bytes;
        }
        catch (IOException error)
        {
            Leave(test);
            throw Refusing(ApiErrors.Budget, $"{cluster.View.Name} cannot write down what a test costs: {error.Message}");
        }
        catch
        {
            Leave(test);
            throw;
        }
    }

    public void Leave(string test)
    {
        if (_held == test)
            _held = null;
    }

    public static PeerException Refusing(string code, string detail) => new(Refusal.StatusOf(code), code, detail);
}
