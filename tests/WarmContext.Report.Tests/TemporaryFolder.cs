using WarmContext.Report.Model;

namespace WarmContext.Report;

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("warmcontext-report-tests-").FullName;

    public string Write(string name, ResultSet results)
    {
        var file = System.IO.Path.Combine(Path, name + ".json");
        File.WriteAllText(file, ResultFile.Write(results));
        return file;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
