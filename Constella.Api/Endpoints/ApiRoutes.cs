using System.Text.Json;
using System.Text.Json.Serialization;
using Constella.Api.Cluster;
using Constella.Api.Endpoints.Documents;
using Constella.Api.Endpoints.Joining;
using Constella.Api.Endpoints.Security;
using Constella.Api.Tls;
using Constella.Core.Signing;

namespace Constella.Api.Endpoints;

/// <summary>The HTTP interface as a whole.</summary>
public static class ApiRoutes
{
    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.AddRoutingCore();
        services.AddApiJson();
        services.AddSingleton<NonceCache>();
        services.AddSingleton(s => new RequestVerifier(
            s.GetRequiredService<LocalNode>().NodeId, s.GetRequiredService<LocalNode>().Process.Run, s.GetRequiredService<NonceCache>()));
        services.AddSingleton(new ProcessClock(TimeProvider.System));
        services.AddSingleton<ConnectionLimiter>();
        services.AddSingleton<BodyReader>();
        services.AddSingleton<JoinLimiter>();
        services.AddSingleton<DialBack>();
        services.AddSingleton<InviteMint>();
        return services;
    }

    /// <summary>Bodies in the shape of <see cref="ApiJson"/>: the framework's own settings are those of browsers.</summary>
    public static IServiceCollection AddApiJson(this IServiceCollection services) => services.ConfigureHttpJsonOptions(static json =>
    {
        var options = json.SerializerOptions;
        options.TypeInfoResolverChain.Clear();
        options.TypeInfoResolverChain.Add(ApiJson.Default);
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
    });

    public static void MapApi(this WebApplication app)
    {
        app.UsePlainHttpGate();
        app.UseProblems();
        app.UseDocuments();
        app.UseRouting();
        app.UseMiddleware<SignatureGate>();
        app.UseMiddleware<JoinGate>();
        app.MapHealth();
        app.MapPeers();
        app.MapStats();
        app.MapCommands();
        app.MapJoin();
        app.MapInvites();
        app.MapSettings();
        app.MapKeys();
        app.MapAlerts();
    }
}
