using System.Globalization;
using Spectre.Console;
using WarmContext.LocalServices;

namespace OrderDemo;

/// <summary>Runs both forms through the story and prints the table.</summary>
public sealed class Demo(IAnsiConsole console, DemoOptions options)
{
    /// <returns>0 when the warm form failed no invocation and lost no audit record, otherwise 1.</returns>
    public async Task<int> RunAsync(FileInfo? markdown, CancellationToken cancellationToken)
    {
        (FormResult naive, FormResult warm) = console.Profile.Capabilities.Interactive
            ? await console.Status().StartAsync("starting", status => RunBothAsync(new DemoProgress(console, status), cancellationToken))
            : await RunBothAsync(new DemoProgress(console, null), cancellationToken);

        IReadOnlyList<ResultRow> rows = ResultTable.Rows(naive, warm);
        console.WriteLine();
        console.Write(ResultTable.ForConsole(rows));
        PrintConditions();
        PrintErrors(naive);
        PrintErrors(warm);
        if (markdown is not null)
        {
            await File.WriteAllTextAsync(markdown.FullName, ResultTable.ForMarkdown(rows), cancellationToken);
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"Written to {markdown.FullName}.");
        }

        return warm is { Failed: 0, AuditRecordsLost: 0 } ? 0 : 1;
    }

    private async Task<(FormResult Naive, FormResult Warm)> RunBothAsync(DemoProgress progress, CancellationToken cancellationToken)
    {
        progress.Report("starting PostgreSQL and S3 (the first time, they are installed)");
        await LocalS3.GetAsync(cancellationToken);

        // A server of its own, because it is restarted: others may be using the one that tests share.
        // A server of the user's is left running.
        await using PrivatePostgres? server = LocalPostgres.IsConfigured ? null : await PrivatePostgres.StartAsync(cancellationToken);
        FormResult naive = await RunAsync(FunctionForm.Naive, server, progress, cancellationToken);
        FormResult warm = await RunAsync(options.WarmForm, server, progress, cancellationToken);
        return (naive, warm);
    }

    private async Task<FormResult> RunAsync(
        FunctionForm form, PrivatePostgres? server, DemoProgress progress, CancellationToken cancellationToken)
    {
        string id = Guid.NewGuid().ToString("N")[..8];
        await using OrderDatabase database = await OrderDatabase.CreateAsync(server, $"orders_{form.Name}_{id}", cancellationToken);
        await using OrderBucket bucket = await OrderBucket.CreateAsync($"orders-{form.Name}-{id}", options.S3Latency, cancellationToken);
        return await Story.RunAsync(form, database, bucket, options, progress, cancellationToken);
    }

    private void PrintConditions()
    {
        string latency = string.Create(CultureInfo.InvariantCulture, $"{options.S3Latency.TotalMilliseconds:0.#} ms");
        console.MarkupLine(
            "[grey]Real processes, frozen between invocations; real PostgreSQL and S3 on loopback. "
                + $"Each S3 request is held back {latency} (--s3-latency); "
                + "the database's network is not imitated, and there is no TLS.[/]");
        console.MarkupLine(
            "[grey]The warm form's latency includes waiting for its audit record; "
                + "the naive form answers without knowing whether it was written.[/]");
    }

    private void PrintErrors(FormResult result)
    {
        foreach (string error in result.Errors)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{result.Name} failed with [red]{error}[/]");
        }
    }
}
