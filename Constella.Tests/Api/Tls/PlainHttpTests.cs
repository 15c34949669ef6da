using System.IO.Pipelines;
using System.Net;
using System.Text.Json;
using Constella.Api.Configuration;
using Constella.Api.Endpoints;
using Constella.Api.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Constella.Tests.Api.Tls;

/// <summary>Rule X6: who is answered without TLS, and what tells TLS from HTTP.</summary>
public sealed class PlainHttpTests
{
    [Theory]
    [InlineData("http", "127.0.0.1", "127.0.0.1", true)]
    [InlineData("http", "127.0.0.5", "127.0.0.1", true)]
    [InlineData("http", "::1", "::1", true)]
    [InlineData("http", "::ffff:127.0.0.1", "::ffff:127.0.0.1", true)]
    [InlineData("http", "203.0.113.10", "203.0.113.10", true)]
    [InlineData("http", "203.0.113.11", "203.0.113.10", false)]
    [InlineData("http", "::ffff:203.0.113.11", "::ffff:203.0.113.10", false)]
    [InlineData("https", "203.0.113.11", "203.0.113.10", true)]
    public void Plain_http_is_for_the_nodes_own_machine(string scheme, string remote, string local, bool admitted) =>
        Assert.Equal(admitted, PlainHttpGate.Admits(Context(scheme, remote, local)));

    [Fact]
    public async Task Others_are_told_to_use_TLS()
    {
        var (served, context) = await CallAsync(tls: true);
        Assert.False(served);
        Assert.Equal(StatusCodes.Status426UpgradeRequired, context.Response.StatusCode);
        Assert.Equal("TLS/1.2", context.Response.Headers.Upgrade);
        Assert.Equal("upgrade, close", context.Response.Headers.Connection);
        context.Response.Body.Position = 0;
        var problem = JsonSerializer.Deserialize(context.Response.Body, ApiJson.Default.Problem)!;
        Assert.EndsWith(ApiErrors.TlsRequired, problem.Type, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_an_overlay_others_are_served_too() => Assert.True((await CallAsync(tls: false)).Served);

    [Fact]
    public async Task The_byte_that_was_looked_at_stays_to_be_read()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync("GET /"u8.ToArray());
        Assert.Equal((byte)'G', await TlsListener.PeekAsync(pipe.Reader));
        var result = await pipe.Reader.ReadAsync();
        Assert.Equal(5, result.Buffer.Length);
    }

    [Fact]
    public async Task Who_ends_without_a_word_is_neither()
    {
        var pipe = new Pipe();
        await pipe.Writer.CompleteAsync();
        Assert.Null(await TlsListener.PeekAsync(pipe.Reader));
        pipe = new Pipe();
        await pipe.Writer.CompleteAsync(new IOException("reset"));
        Assert.Null(await TlsListener.PeekAsync(pipe.Reader));
    }

    [Fact]
    public void Handshakes_at_once_are_few_and_fewer_from_one_address()
    {
        var budget = new HandshakeBudget();
        var held = Enumerable.Range(0, HandshakeBudget.PerAddress).Select(_ => budget.Enter(Address(1))!).ToList();
        Assert.Null(budget.Enter(Address(1)));
        while (held.Count < HandshakeBudget.AtOnce)
            held.Add(budget.Enter(Address(held.Count))!);
        Assert.DoesNotContain(null, held);
        Assert.Null(budget.Enter(Address(200)));

        held[0].Dispose();
        held[0].Dispose();
        using var place = budget.Enter(Address(200));
        Assert.NotNull(place);
        Assert.Null(budget.Enter(Address(201)));
    }

    private static IPAddress Address(int host) => IPAddress.Parse($"203.0.113.{host}");

    private static DefaultHttpContext Context(string scheme, string remote, string local)
    {
        var context = new DefaultHttpContext();
        context.Request.Scheme = scheme;
        context.Connection.RemoteIpAddress = IPAddress.Parse(remote);
        context.Connection.LocalIpAddress = IPAddress.Parse(local);
        context.Response.Body = new MemoryStream();
        return context;
    }

    private static async Task<(bool Served, HttpContext Context)> CallAsync(bool tls)
    {
        var app = new ApplicationBuilder(new ServiceCollection().AddSingleton(new ConstellaOptions { Tls = tls }).BuildServiceProvider());
        var served = false;
        app.UsePlainHttpGate();
        app.Run(_ =>
        {
            served = true;
            return Task.CompletedTask;
        });
        var context = Context("http", "203.0.113.11", "203.0.113.10");
        await app.Build()(context);
        return (served, context);
    }
}
