using Constella.Api;
using Constella.Api.Configuration;
using Constella.Api.State;
using Constella.Core.Members;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.Hosting;

namespace Constella.Tests.Api;

/// <summary>The host of every endpoint test: a real port, and the very rooms that <see cref="NodeHost"/> builds for a node that runs.</summary>
internal sealed class NodeFactory : WebApplicationFactory<ConstellaOptions>
{
    private readonly Func<WebApplication> _build;

    public NodeFactory(ConstellaOptions options, StateStore store, NetworkState state, Action<WebApplicationBuilder> configure)
    {
        _build = () => NodeHost.Build(options, store, state, configure);
        // The port is the node's own: it stands in its record, which is written before it starts.
        UseKestrel(options.Listen.Port);
    }

    // Program speaks the command line and starts no host of itself, so there is none to take over.
    protected override IHostBuilder CreateHostBuilder() => new HostBuilder();

    protected override IHost CreateHost(IHostBuilder builder)
    {
        var app = _build();
        app.Start();
        return app;
    }
}
