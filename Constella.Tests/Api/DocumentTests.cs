using System.Runtime.CompilerServices;
using Constella.Api.Endpoints.Documents;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Constella.Tests.Api;

public sealed class DocumentTests
{
    /// <summary>With <c>CONSTELLA_WRITE_OPENAPI=1</c> the file is written instead.</summary>
    [Fact]
    public async Task The_document_at_the_root_is_the_one_that_the_code_makes()
    {
        await using var node = await TestNode.FoundAsync(services => services.AddApiDocument());
        var provider = node.Services.GetRequiredKeyedService<IOpenApiDocumentProvider>(OpenApiSetup.DocumentName);
        var document = await provider.GetOpenApiDocumentAsync();
        var text = await document.SerializeAsync(OpenApiSpecVersion.OpenApi3_1, "yaml", CancellationToken.None);
        text = text.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";

        if (Environment.GetEnvironmentVariable("CONSTELLA_WRITE_OPENAPI") == "1")
            await File.WriteAllTextAsync(PathOfDocument(), text);
        Assert.Equal(text, await File.ReadAllTextAsync(PathOfDocument()));
    }

    [Theory]
    [InlineData("/openapi.yaml", "openapi: ")]
    [InlineData("/swagger/index.html", "<title>Constella</title>")]
    [InlineData("/swagger/index.js", "/openapi.yaml")]
    public async Task This_machine_reads_the_documents(string path, string text)
    {
        await using var node = await TestNode.FoundAsync();
        var answer = await (RawRequest.Get(node, path) with { Signed = false }).SendAsync();
        Assert.Equal(200, answer.Status);
        Assert.Contains(text, answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/openapi.yaml")]
    [InlineData("/swagger/index.html")]
    public async Task A_page_that_leads_here_by_a_name_of_its_own_reads_nothing(string path)
    {
        await using var node = await TestNode.FoundAsync();
        var answer = await (RawRequest.Get(node, path) with { Signed = false, Host = "rebind.example" }).SendAsync();
        Assert.Equal(404, answer.Status);
    }

    private static string PathOfDocument([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../openapi.yaml"));
}
