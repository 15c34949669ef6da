using Constella.Api.Cli;
using Constella.Api.Endpoints.Security;
using Microsoft.OpenApi;

namespace Constella.Api.Endpoints.Documents;

/// <summary>
/// How <c>openapi.yaml</c> is made from the endpoints. Not part of a running node, which serves the file: the generator costs
/// megabytes that stay.
/// </summary>
public static class OpenApiSetup
{
    public const string DocumentName = "v1";
    private const string Scheme = "message-signature";
    private const string Bearer = "bearer";

    public static IServiceCollection AddApiDocument(this IServiceCollection services) => services.AddOpenApi(DocumentName, static options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer(static (document, _, _) =>
        {
            Describe(document);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(static (operation, context, _) =>
        {
            var signed = context.Description.ActionDescriptor.EndpointMetadata.OfType<SignedOnly>().LastOrDefault();
            string[] schemes = signed switch { null => [], { Unless: null } => [Scheme], _ => [Scheme, Bearer] };
            operation.Security = [.. schemes.Select(scheme => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(scheme, context.Document)] = [] })];
            return Task.CompletedTask;
        });
    });

    private static void Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Constella",
            Version = CommandLine.Version,
            Description = "One node of a Constella network. Every call but /health and /join is signed by RFC 9421 with hmac-sha256; docs/PROTOCOL.md has the table. Plain HTTP is answered to the node's own machine only; from others it gets 426.",
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Scheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "signature",
                Description = "RFC 9421 HTTP Message Signatures, hmac-sha256; `constella sign` prints a ready request.",
            },
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "For GET /metrics: the token of `constella config set metrics.token`. This machine's own programs need none.",
            },
        };
    }
}
