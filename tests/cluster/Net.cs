namespace ClusterTrials;

/// <summary>The hosts of this run, made by <c>tests/lib/netns.sh</c>; this process itself runs on host 0.</summary>
internal static class Net
{
    private static readonly string Script = Require("CLUSTER_NETNS");
    private static readonly string Name = Require("NET");

    public static string Address(int host) => $"203.0.113.{10 + host}";

    public static int HostOf(string address) => int.Parse(address.Split('.')[^1], System.Globalization.CultureInfo.InvariantCulture) - 10;

    public static string[] On(int host, params string[] command) => ["ip", "netns", "exec", $"constella-{Name}-h{host}", .. command];

    /// <summary>Speaks TLS with whoever answers: whom a node itself believes is tried by its own calls.</summary>
    public static HttpClient Http(TimeSpan limit)
    {
        var handler = new SocketsHttpHandler();
#pragma warning disable CA5359 // See above.
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        return new HttpClient(handler) { Timeout = limit };
    }

    /// <summary>A black hole: the cable is pulled.</summary>
    public static Task CutAsync(int host) => Shell.DoAsync([Script, "cut", $"{host}"]);

    public static Task HealAsync(int host) => Shell.DoAsync([Script, "heal", $"{host}"]);

    /// <summary>No packet between the two; everybody else hears both.</summary>
    public static Task IsolateAsync(int one, int other) => Shell.DoAsync([Script, "isolate", $"{one}", $"{other}"]);

    /// <summary>The other one hears nothing more of the one; nobody else notices.</summary>
    public static Task DropAsync(int one, int other) => Shell.DoAsync([Script, "drop", $"{one}", $"{other}"]);

    /// <summary>This host hears nothing more of the others; they may hear it.</summary>
    public static Task DeafenAsync(int host, IEnumerable<int> others) =>
        Shell.DoAsync([Script, "deaf", $"{host}", .. others.Select(other => $"{other}")]);

    /// <summary>This share of what comes in is lost.</summary>
    public static Task LossAsync(int host, double share) =>
        Shell.DoAsync([Script, "loss", $"{host}", share.ToString(System.Globalization.CultureInfo.InvariantCulture)]);

    /// <summary>The cable becomes two TAP devices of this process.</summary>
    public static Task ReplaceCableAsync(int host, string near, string far) => Shell.DoAsync([Script, "replace", $"{host}", near, far]);

    public static string Require(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value
            ? value
            : throw new TrialException($"{variable} is not set: start this through tests/cluster/run");
}
