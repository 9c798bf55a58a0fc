namespace WarmContext.Tool;

/// <summary>A recording with two environments, a failure, findings and lines that look like markup, and the report of it.</summary>
public sealed class ReportFixture : IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory _files = new();
    private int _copies;

    public string Path => _files["report.html"];

    public string Page { get; private set; } = string.Empty;

    /// <summary>A copy of the page with something added at its end.</summary>
    public string With(string html) =>
        _files.Write(
            $"copy-{Interlocked.Increment(ref _copies)}.html", Page.Replace("</body>", html + "</body>", StringComparison.Ordinal));

    public async Task InitializeAsync()
    {
        (await ToolProcess.RunAsync(
            [
                "audit", .. ToolProcess.Function("Habits::LogAndLitter"), "-p", "\"<b>&\"", "--repeat", "10", "--fault", "replace@6",
                "--fail-on", "never", "--record", _files["recording.json"]
            ])).Expect(0);
        (await ToolProcess.RunAsync("report", _files["recording.json"], "--output", Path)).Expect(0);
        Page = await File.ReadAllTextAsync(Path);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _files.Dispose();
}
