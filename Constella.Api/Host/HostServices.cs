using Constella.Api.Cluster;

namespace Constella.Api.Host;

public static class HostServices
{
    /// <summary>Metrics of the machine (<see cref="IHostMetrics"/>, <see cref="IUplinks"/>, <see cref="ICpuCounters"/>), and what is done to it (<see cref="ICommandExecutor"/>).</summary>
    public static IServiceCollection AddHost(this IServiceCollection services, HostOptions options)
    {
        services.AddSingleton<ISystemCalls, LinuxSystemCalls>();
        services.AddSingleton(s => new HostSampler(options, Time(s)));
        services.AddHostedService(s => s.GetRequiredService<HostSampler>());
        services.AddSingleton<IUplinks>(new HostUplinks(options));
        services.AddSingleton<ICpuCounters>(new HostCpuCounters(options));
        services.AddSingleton(s => new Rebooter(
            options,
            s.GetRequiredService<ISystemCalls>(),
            Time(s),
            s.GetRequiredService<ICluster>,
            s.GetRequiredService<IHostApplicationLifetime>(),
            s.GetRequiredService<ILogger<Rebooter>>()));
        services.AddSingleton<ICommandExecutor>(s => new NodeCommands(options, s.GetRequiredService<Rebooter>(), ProgramImage.Current, s.GetRequiredService<NodeExit>()));
        services.AddSingleton<IHostMetrics>(s => new HostMetrics(
            options,
            s.GetRequiredService<HostSampler>(),
            s.GetRequiredService<ISystemCalls>(),
            Time(s),
            s.GetRequiredService<ICluster>,
            () => s.GetRequiredService<ICommandExecutor>().WhyNot(Rebooter.Action)));
        services.AddHostedService(s => new LoadMeter(s.GetRequiredService<IHostMetrics>(), s.GetRequiredService<ICluster>(), Time(s)));
        return services;
    }

    private static TimeProvider Time(IServiceProvider services) => services.GetService<TimeProvider>() ?? TimeProvider.System;
}
