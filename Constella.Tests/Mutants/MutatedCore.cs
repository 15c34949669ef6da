using System.Reflection;
using Constella.Core.Cluster;
using Constella.Tests.Tidy;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Constella.Tests.Mutants;

/// <summary>Compiles Constella.Core from its sources, with a mutant's edits in them.</summary>
internal static class MutatedCore
{
    private const string Folder = "Constella.Core/";

    private const string Project = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        [assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Constella.Tests")]
        """;

    private static readonly CSharpParseOptions Language = new(LanguageVersion.Latest);

    // Sources and what the generator makes of them, parsed once: a mutant replaces single files.
    private static readonly Lazy<CSharpCompilation> Whole = new(Compile);

    /// <returns>The assembly's bytes.</returns>
    public static byte[] Build(Mutant mutant)
    {
        var compilation = mutant.Edits.GroupBy(edit => edit.File).Aggregate(Whole.Value, (whole, edits) =>
        {
            var tree = whole.SyntaxTrees.Single(tree => tree.FilePath == Folder + edits.Key);
            return whole.ReplaceSyntaxTree(tree, Parse(Folder + edits.Key, edits.Aggregate(tree.ToString(), Apply)));
        });
        using var bytes = new MemoryStream();
        var result = compilation.Emit(bytes);
        return result.Success
            ? bytes.ToArray()
            : throw new InvalidOperationException($"\"{mutant.Name}\" does not compile: " +
                string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
    }

    private static string Apply(string text, Edit edit)
    {
        var first = text.IndexOf(edit.Old, StringComparison.Ordinal);
        if (first < 0 || text.IndexOf(edit.Old, first + 1, StringComparison.Ordinal) >= 0)
        {
            throw new InvalidOperationException(
                $"{Folder}{edit.File} must hold this exactly once, and has it {(first < 0 ? "not at all" : "twice or more")}:\n{edit.Old}\n" +
                "The code was changed: write the mutant's fragment anew in Constella.Tests/Mutants, so that it breaks the same rule.");
        }
        return string.Concat(text.AsSpan(0, first), edit.New, text.AsSpan(first + edit.Old.Length));
    }

    private static CSharpCompilation Compile()
    {
        var sources = Repository.CSharp.Where(file => file.Path.StartsWith(Folder, StringComparison.Ordinal)).Select(file => Parse(file.Path, file.Text));
        // A reference asks for this version at least.
        var version = typeof(ClusterNode).Assembly.GetName().Version;
        var project = Parse("Project.cs", $"{Project}\n[assembly: System.Reflection.AssemblyVersion(\"{version}\")]");
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Disable);
        var compilation = CSharpCompilation.Create("Constella.Core", [.. sources, project], References(), options);
        CSharpGeneratorDriver.Create([JsonGenerator().AsSourceGenerator()], parseOptions: Language)
            .RunGeneratorsAndUpdateCompilation(compilation, out var whole, out _);
        return (CSharpCompilation)whole;
    }

    private static SyntaxTree Parse(string path, string text) => CSharpSyntaxTree.ParseText(text, Language, path);

    private static IEnumerable<MetadataReference> References() =>
        Directory.EnumerateFiles(Runtime, "*.dll").Where(IsManaged).Select(path => MetadataReference.CreateFromFile(path));

    private static bool IsManaged(string path) => Path.GetFileName(path) is var name
        && (name.StartsWith("System.", StringComparison.Ordinal) || name is "mscorlib.dll" or "netstandard.dll")
        && !name.Contains(".Native", StringComparison.Ordinal);

    private static string Runtime => Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    // It comes with the SDK, beside the runtime: <root>/shared/Microsoft.NETCore.App/<version>.
    private static IIncrementalGenerator JsonGenerator()
    {
        const string name = "System.Text.Json.SourceGeneration";
        var packs = Path.GetFullPath(Path.Combine(Runtime, "../../../packs/Microsoft.NETCore.App.Ref"));
        var path = Directory.EnumerateFiles(packs, $"{name}.dll", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
        var type = Assembly.LoadFrom(path).GetTypes().Single(t => !t.IsAbstract && t.IsAssignableTo(typeof(IIncrementalGenerator)));
        return (IIncrementalGenerator)Activator.CreateInstance(type)!;
    }
}
