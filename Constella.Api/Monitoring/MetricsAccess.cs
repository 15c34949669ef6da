using System.Net.Http.Headers;
using Constella.Api.Cluster;
using Constella.Api.Configuration;
using Constella.Api.Endpoints.Security;
using Constella.Core.Members;
using Constella.Core.Signing;

namespace Constella.Api.Monitoring;

/// <summary>Who reads <c>/metrics</c> without a signature (rule X7): this machine's own programs, and whoever has the token.</summary>
internal static class MetricsAccess
{
    public static bool Admits(HttpContext context) => Origin.IsLocalhost(context) || HasToken(context);

    private static bool HasToken(HttpContext context)
    {
        if (!AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var given)
            || !given.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
            || !BearerToken.IsValid(given.Parameter))
            return false;
        return Hash(context.RequestServices) is { } hash && BearerToken.Matches(given.Parameter!, hash);
    }

    // This machine's own goes first: what its configuration says, the network cannot widen (rule C2).
    private static string? Hash(IServiceProvider services)
    {
        if (services.GetRequiredService<ConstellaOptions>().MetricsToken is { } own)
            return BearerToken.Hash(own);
        var view = services.GetRequiredService<ICluster>().View;
        return Options.Text(view.Settings.Options, Options.MetricsToken, view.NodeId);
    }
}
