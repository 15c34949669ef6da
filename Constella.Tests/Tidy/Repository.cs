namespace Constella.Tests.Tidy;

/// <summary>The sources as they lie on disk, without what is built from them.</summary>
internal static class Repository
{
    private static readonly HashSet<string> Skipped =
        ["bin", "obj", "artifacts", "node_modules", "state", "TestResults", "BenchmarkDotNet.Artifacts", ".git", ".vs", ".idea"];

    public static string Root { get; } = FindRoot();

    /// <summary>Path relative to the root, with forward slashes, and lines, of every text file.</summary>
    public static IReadOnlyList<SourceFile> Files { get; } = [.. Walk(Root).Order(StringComparer.Ordinal).Select(Read).OfType<SourceFile>()];

    public static IEnumerable<SourceFile> CSharp => Files.Where(file => file.Path.EndsWith(".cs", StringComparison.Ordinal));

    public static IEnumerable<SourceFile> Scripts => Files.Where(file =>
        Path.GetExtension(file.Path) is ".sh" or ".bash" or ".bats" or ".mjs" or ".js" || file.Lines is [['#', '!', ..], ..]);

    public static SourceFile File(string path) =>
        Files.SingleOrDefault(file => file.Path == path) ?? throw new FileNotFoundException($"{path} is missing");

    public static bool Has(string path) => Path.Exists(Path.Combine(Root, path));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder.FullName, "Constella.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("the tests run outside a checkout");
    }

    private static IEnumerable<string> Walk(string folder) =>
        Directory.EnumerateFiles(folder).Concat(Directory.EnumerateDirectories(folder)
            .Where(inner => !Skipped.Contains(Path.GetFileName(inner)) && new DirectoryInfo(inner).LinkTarget is null)
            .SelectMany(Walk));

    private static SourceFile? Read(string path)
    {
        var name = Path.GetRelativePath(Root, path).Replace('\\', '/');
        if (new FileInfo(path).LinkTarget is not null || name == ".git")
            return null;
        var bytes = System.IO.File.ReadAllBytes(path);
        return bytes.AsSpan().Contains((byte)0) ? null : new SourceFile(name, System.Text.Encoding.UTF8.GetString(bytes).Split('\n'));
    }
}

internal sealed record SourceFile(string Path, string[] Lines)
{
    public string Text => string.Join('\n', Lines);

    /// <summary>Lines a person counts: the end of the last line starts no new one.</summary>
    public int Length => Lines is [.., ""] ? Lines.Length - 1 : Lines.Length;
}

internal static class Findings
{
    /// <summary>All of them in one message: xunit shows the first five, cut.</summary>
    public static void None(IEnumerable<string> findings)
    {
        var all = findings.ToList();
        Assert.True(all.Count == 0, string.Join('\n', all));
    }
}
