using Constella.Api.Configuration;
using Microsoft.Extensions.Configuration;

namespace Constella.Tests.Api.Configuration;

public sealed class OptionsReaderTests
{
    private static ConstellaOptions Read(params (string Key, string Value)[] keys) => OptionsReader.Read(
        new ConfigurationBuilder().AddInMemoryCollection(keys.ToDictionary(key => key.Key, key => (string?)key.Value)).Build());

    [Fact]
    public void Nothing_set_is_a_valid_configuration()
    {
        var options = Read();
        Assert.Equal("0.0.0.0:4747", options.Listen.ToString());
        Assert.Equal("127.0.0.1:4747", options.Loopback.ToString());
        Assert.Equal(Path.Combine(options.StateDir, "logs"), options.LogDir);
        Assert.True(options.AllowReboot);
    }

    [Fact]
    public void All_errors_are_told_at_once_by_their_keys()
    {
        var error = Assert.Throws<ConfigurationException>(() => Read(
            ("LOG_LEVEL", "loud"), ("LISTEN", "4747"), ("SERVER_NAME", "Not A Name"), ("PUBLIC_ADDR", "::1:4747"), ("OWNER", "@a b"),
            ("OWNER_ID", "me"), ("BOT_TOKEN", "secret-and-wrong"), ("BOT_API_URL", "ftp://x"), ("PRIORITY", "-1"), ("ALLOW_REBOOT", "perhaps"), ("SPEED_TEST", "sometimes"), ("TLS_MODE", "maybe")));

        string[] keys = ["LOG_LEVEL", "LISTEN", "SERVER_NAME", "PUBLIC_ADDR", "OWNER", "OWNER_ID", "BOT_TOKEN", "BOT_API_URL", "PRIORITY", "ALLOW_REBOOT", "SPEED_TEST", "TLS_MODE"];
        Assert.Equal(keys.Length, error.Errors.Count);
        foreach (var key in keys)
            Assert.Contains(error.Errors, line => line.StartsWith($"CONSTELLA_{key} ", StringComparison.Ordinal));
        Assert.DoesNotContain("secret-and-wrong", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "https")]
    [InlineData("on", "https")]
    [InlineData("off", "http")]
    public void The_TLS_mode_decides_how_peers_are_called(string mode, string scheme) => Assert.Equal(scheme, Read(("TLS_MODE", mode)).PeerScheme);

    [Fact]
    public void An_empty_value_counts_as_unset() => Assert.Null(Read(("BOT_TOKEN", ""), ("OWNER", " ")).BotToken);

    [Fact]
    public void The_options_print_no_secret() =>
        Assert.DoesNotContain("123:ABC", Read(("BOT_TOKEN", "123:ABC")).ToString(), StringComparison.Ordinal);
}
