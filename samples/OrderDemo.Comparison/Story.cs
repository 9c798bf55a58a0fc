using System.Globalization;

namespace OrderDemo;

/// <summary>
/// What both forms go through: three environments with their cold starts and warm invocations,
/// then a long freeze, a database restart and new prices.
/// </summary>
public static class Story
{
    public static async Task<FormResult> RunAsync(
        FunctionForm form, OrderDatabase database, OrderBucket bucket, DemoOptions options, IProgress<string> progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(form);
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(bucket);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);

        await database.EndIdleSessionsAfterAsync(options.IdleSessionTimeout, cancellationToken);
        await using var run = new FormRun(form, database, bucket, options);
        for (int i = 1; i <= DemoOptions.Environments; i++)
        {
            int warm = options.Invocations / DemoOptions.Environments;
            Report($"environment {i} of {DemoOptions.Environments}: cold start and {warm} warm invocations");
            await run.StartAsync(cancellationToken);
            await run.InvokeAsync(1 + warm, cancellationToken);
        }

        Report(
            $"frozen for {options.LongFreeze.TotalSeconds:0.#} s; "
                + $"the server ends idle sessions after {options.IdleSessionTimeout.TotalSeconds:0.#} s");
        await Task.Delay(options.LongFreeze, cancellationToken);
        await run.InvokeAsync(DemoOptions.AfterEvent, cancellationToken);

        // A restart takes a managed database tens of seconds, this one a fraction of one. The pause keeps it from being over within the
        // second for which the warm form takes a connection that was just used as alive (WarmNpgsqlOptions.FreshFor).
        Report(database.Restarts ? "the database restarts" : "the database ends every session (it is not ours to restart)");
        await database.RestartAsync(cancellationToken);
        await Task.Delay(options.AfterRestart, cancellationToken);
        await run.InvokeAsync(DemoOptions.AfterEvent, cancellationToken);

        Report("the model file changes");
        await bucket.PutModelAsync(++run.ModelVersion, cancellationToken);
        await Task.Delay(options.ModelMaximumAge, cancellationToken);
        await run.InvokeAsync(DemoOptions.AfterEvent, cancellationToken);

        Report("the environment is reclaimed; counting");
        return await run.FinishAsync(cancellationToken);

        void Report(string step) => progress.Report(string.Create(CultureInfo.InvariantCulture, $"{form.Name}: {step}"));
    }
}
