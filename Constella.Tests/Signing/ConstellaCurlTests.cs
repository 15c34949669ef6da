using System.Diagnostics;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Signing;
using Constella.Core.Wire;
using static Constella.Tests.Signing.SignedCall;

namespace Constella.Tests.Signing;

/// <summary>The script in bash and openssl, which shares no code with the node, makes requests that the node accepts.</summary>
[SupportedOSPlatform("linux")]
public sealed class ConstellaCurlTests : IDisposable
{
    private static readonly string[] Watched = ["openssl", "od", "tr", "grep", "sed", "cat", "date", "mktemp"];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("constella-curl-");

    public ConstellaCurlTests()
    {
        var peer = new MemberRecord { NodeId = Bravo, Name = "bravo", Addr = "203.0.113.11:4747" };
        var state = new NetworkState
        {
            NetworkId = "0123456789abcdef",
            NetworkSecret = Secret,
            NodeId = Alpha,
            Peers = [.. Enumerable.Repeat(peer, 128)],
            Members = new() { Cfg = Stamp.None },
            Settings = new() { Stamp = Stamp.None },
        };
        File.WriteAllText(Path.Combine(_folder.FullName, "network_state.json"), JsonSerializer.Serialize(state, ConstellaJson.Default.NetworkState));
        foreach (var tool in Watched)
            Tool(tool, $"printf '%s\\n' \"{tool} $*\" >>\"$LOG\"; PATH=$REAL_PATH exec {tool} \"$@\"");
        Tool("curl", $$"""
            printf '%s\n' "curl $*" >>"$LOG"
            case "$*" in */health) printf '{"status":"ok","run":"{{BravoRun}}"}'; exit;; esac
            for argument; do
              case $argument in @*) printf 'body:'; base64 -w0 "${argument#@}"; echo;; *) printf '%s\n' "$argument";; esac
            done
            """);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("GET", "/stats?target=00000000000000bb&x=%20", null)]
    [InlineData("GET", "/peers", null)]
    [InlineData("POST", "/reboot", "{\"id\":\"ü\\n\"}")]
    public void A_request_it_signs_is_accepted(string method, string target, string? body)
    {
        string[] data = body is null ? [] : ["--data", body];
        var (code, output) = Run(["--target", Bravo, .. data, method, target]);
        Assert.True(code == 0, output);

        var verdict = Judge(output, new(method, target, Body(output)));

        Assert.True(Assert.IsType<Verdict.Ok>(verdict).RunGiven);
        Assert.Equal(body ?? "", Encoding.UTF8.GetString(Body(output)));
        Assert.Contains($"http://127.0.0.1:4747{target}", output, StringComparison.Ordinal);
        Assert.IsType<Verdict.Unauthorized>(Judge(output, new(method, target + "x", Body(output))));
    }

    [Fact]
    public void Another_machines_node_is_called_over_TLS_by_its_node_id()
    {
        var (code, output) = Run(["--target", Bravo, "--host", "203.0.113.11:4747", "--cacert", "ca.pem", "GET", "/peers"]);

        Assert.True(code == 0, output);
        Assert.Contains($"https://{Bravo}.constella:4747/peers\n", output, StringComparison.Ordinal);
        Assert.Contains("--cacert\nca.pem\n--connect-to\n::203.0.113.11:4747\n", output, StringComparison.Ordinal);
        Assert.True(Assert.IsType<Verdict.Ok>(Judge(output, new("GET", "/peers", Body(output)))).RunGiven);
    }

    [Fact]
    public void A_body_of_any_bytes_is_taken_from_a_file()
    {
        byte[] bytes = [0, 10, 255, 13, 10];
        var file = Path.Combine(_folder.FullName, "body");
        File.WriteAllBytes(file, bytes);
        var (code, output) = Run(["--target", Bravo, "--data", "@" + file, "POST", "/leave"]);

        Assert.True(code == 0, output);
        Assert.Equal(bytes, Body(output));
        Assert.IsType<Verdict.Ok>(Judge(output, new("POST", "/leave", bytes)));
    }

    [Fact]
    public void No_command_line_has_the_secret_or_a_key_in_it()
    {
        Assert.Equal(0, Run(["--target", Bravo, "GET", "/peers"]).Code);

        var lines = File.ReadAllText(Path.Combine(_folder.FullName, "log"));
        Assert.Contains("openssl dgst", lines, StringComparison.Ordinal);
        var secret = Base64.FromUrl(Secret)!;
        var prk = HKDF.Extract(HashAlgorithmName.SHA256, secret);
        foreach (var bytes in new[] { secret, prk, HKDF.Expand(HashAlgorithmName.SHA256, prk, 32, Encoding.UTF8.GetBytes($"constella/v1/sign/{Alpha}/{Bravo}")) })
        {
            Assert.DoesNotContain(Convert.ToHexStringLower(bytes)[..16], lines, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Base64.ToUrl(bytes)[..16], lines, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToBase64String(bytes)[..16], lines, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(2, "GET")]
    [InlineData(2, "--nonsense", "GET", "/peers")]
    [InlineData(2, "GET", "peers")]
    [InlineData(2, "--target", "bravo", "GET", "/peers")]
    [InlineData(3, "--state-dir", "/nonexistent", "GET", "/peers")]
    public void Misuse_ends_with_the_promised_exit_code(int code, params string[] arguments) => Assert.Equal(code, Run(arguments).Code);

    [Fact]
    public void A_state_that_is_none_is_told_apart_from_no_state()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "network_state.json"), "{}");

        Assert.Equal(4, Run(["GET", "/peers"]).Code);
    }

    private static Verdict Judge(string output, RequestParts request)
    {
        var headers = output.Split('\n').Where(l => l.Contains(": ", StringComparison.Ordinal))
            .ToDictionary(l => l[..l.IndexOf(':')], l => new List<string?> { l[(l.IndexOf(':') + 2)..] }, StringComparer.OrdinalIgnoreCase);
        return Verifier().Verify(request, headers.Lookup(), Keys, id => id == Alpha, At(TimeProvider.System.GetUtcNow()));
    }

    private static byte[] Body(string output) =>
        Convert.FromBase64String(output.Split('\n').FirstOrDefault(l => l.StartsWith("body:", StringComparison.Ordinal))?[5..] ?? "");

    private void Tool(string name, string script)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, $"#!/bin/bash\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private (int Code, string Output) Run(string[] arguments)
    {
        var start = new ProcessStartInfo(RepositoryFile.Path("scripts", "constella-curl"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["REAL_PATH"] = Environment.GetEnvironmentVariable("PATH"),
                ["PATH"] = $"{_folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}",
                ["LOG"] = Path.Combine(_folder.FullName, "log"),
                ["CONSTELLA_STATE_DIR"] = _folder.FullName,
            },
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, process.ExitCode == 0 ? output : output + errors.GetAwaiter().GetResult());
    }
}
