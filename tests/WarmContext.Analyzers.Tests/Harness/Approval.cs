namespace WarmContext.Analyzers.Tests;

/// <summary>Compares text with an approved file. WARMCONTEXT_APPROVE=1 writes it instead, to be read before it is committed.</summary>
internal static class Approval
{
    public static bool Approving => Environment.GetEnvironmentVariable("WARMCONTEXT_APPROVE") == "1";

    public static void Verify(string path, string actual)
    {
        actual = actual.ReplaceLineEndings("\n");
        if (Approving)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
            return;
        }

        Assert.True(File.Exists(path), $"{path} is missing; run the tests with WARMCONTEXT_APPROVE=1 to write it.");
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), actual);
    }
}
