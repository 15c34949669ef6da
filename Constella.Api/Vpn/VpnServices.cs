namespace Constella.Api.Vpn;

public static class VpnServices
{
    /// <summary>The node's tunnel into the WireGuard overlay (rules O).</summary>
    public static IServiceCollection AddVpn(this IServiceCollection services)
    {
        services.AddSingleton<IWireGuard, WireGuardTools>();
        services.AddHostedService<OverlayKeeper>();
        return services;
    }
}
