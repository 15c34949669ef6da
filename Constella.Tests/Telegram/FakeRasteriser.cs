using Constella.Api.Charts;

namespace Constella.Tests.Telegram;

/// <summary>Pictures at once, each of its own drawing; or none, as on a node without the tool.</summary>
internal sealed class FakeRasteriser : IChartRasteriser
{
    /// <summary>A whole PNG of one pixel; what is written behind its end is nobody's business.</summary>
    private static readonly byte[] s_pixel = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    public bool Missing { get; set; }

    public Task<byte[]?> RenderAsync(string svg, CancellationToken cancellation) =>
        Task.FromResult(Missing ? null : s_pixel.Concat(System.Text.Encoding.UTF8.GetBytes(svg)).ToArray());
}
