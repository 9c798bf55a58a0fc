using System.Reflection;

namespace WarmContext.TestSupport;

/// <summary>
/// Compares the public API of an assembly with its approved text, tests/&lt;assembly&gt;.Tests/PublicApi.txt, so that no change of it goes unseen.
/// Set WARMCONTEXT_APPROVE=1 to write the file anew, then read its diff.
/// </summary>
public static class PublicApi
{
    public static void Verify(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        var path = Path.Combine(RepositoryFiles.Root, "tests", assembly.GetName().Name + ".Tests", "PublicApi.txt");
        var actual = PublicApiPrinter.Print(assembly);
        if (Environment.GetEnvironmentVariable("WARMCONTEXT_APPROVE") == "1")
        {
            File.WriteAllText(path, actual);
        }

        var approved = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : string.Empty;
        var missing = Lines(approved).Except(Lines(actual)).Select(static line => "- " + line);
        var added = Lines(actual).Except(Lines(approved)).Select(static line => "+ " + line);
        Assert.True(
            actual == approved,
            $"The public API of {assembly.GetName().Name} differs from {path}. If that is meant, run this test with WARMCONTEXT_APPROVE=1 and commit the file.\n" + string.Join('\n', missing.Concat(added)));
    }

    private static string[] Lines(string text) => text.Split('\n');
}
