namespace Constella.Api.Charts;

/// <summary>The room of the charts: pictures of a node's history.</summary>
public static class ChartServices
{
    public static IServiceCollection AddCharts(this IServiceCollection services)
    {
        services.AddSingleton<IChartRasteriser, ChartRasteriser>();
        return services;
    }
}
