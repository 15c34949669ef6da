namespace Constella.Tests.Signing;

/// <summary>Finds files of the repository from wherever the tests were built to.</summary>
internal static class RepositoryFile
{
    public static string Path(params string[] parts)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "Constella.slnx")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests run outside the repository.");
        return System.IO.Path.Combine([folder.FullName, .. parts]);
    }
}
