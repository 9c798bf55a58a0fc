namespace WarmContext.Tests.Environments;

/// <summary>What is waited for, and what is refused.</summary>
public sealed class BackgroundTasksTests : BackgroundWork
{
    [Fact]
    public async Task The_invocation_returns_only_when_its_work_has_ended()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = Run(tasks => tasks.Run("audit", _ => gate.Task));

        Assert.False(running.IsCompleted);
        gate.SetResult();

        Assert.Equal("done", await running);
        var task = Assert.Single(Assert.Single(Reports).Tasks);
        Assert.Equal(("audit", BackgroundTaskOutcome.Completed), (task.Name, task.Outcome));
    }

    [Fact]
    public async Task Tasks_that_tasks_add_are_waited_for_too()
    {
        var depth = 0;
        await Run(tasks => tasks.Run("level 1", async _ =>
        {
            await Task.Yield();
            depth++;
            tasks.Run("level 2", async _ =>
            {
                await Task.Yield();
                depth++;
                tasks.Track("level 3", Task.Run(() => depth++));
            });
        }));

        Assert.Equal(3, depth);
        Assert.Equal(["level 1", "level 2", "level 3"], Assert.Single(Reports).Tasks.Select(static task => task.Name));
    }

    [Fact]
    public async Task A_task_added_just_when_the_last_one_ends_is_waited_for_or_refused()
    {
        for (var i = 0; i < 200; i++)
        {
            // Its continuations run where it is completed, one after the other: the tracking's first, and then this one, which adds
            // another.
            var last = new TaskCompletionSource();
            var added = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            BackgroundTasks? tasks = null;
            var running = Run(these =>
            {
                tasks = these;
                these.Track("last", last.Task);
            });
            var accepted = last.Task.ContinueWith(
                _ =>
                {
                    try
                    {
                        tasks!.Track("added", added.Task);
                        return true;
                    }
                    catch (InvalidOperationException)
                    {
                        return false;
                    }
                },
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
            last.SetResult();
            var isAccepted = await accepted;
            added.SetResult();
            await running;

            Assert.Equal(isAccepted ? (2, 2) : (1, 1), (Reports[^1].Completed, Reports[^1].Tasks.Count));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Work_added_after_the_end_is_refused_with_the_reason_and_not_started(int before)
    {
        BackgroundTasks? leaked = null;
        await Run(tasks =>
        {
            leaked = tasks;
            for (var i = 0; i < before; i++)
            {
                tasks.Run("in time", static _ => Task.CompletedTask);
            }
        });
        var started = false;

        var exception = Assert.Throws<InvalidOperationException>(() => leaked!.Run("late", _ =>
        {
            started = true;
            return Task.CompletedTask;
        }));

        Assert.Contains("'late'", exception.Message, StringComparison.Ordinal);
        Assert.Contains(Request, exception.Message, StringComparison.Ordinal);
        Assert.Contains("has ended and its background work is drained", exception.Message, StringComparison.Ordinal);
        Assert.False(started);
        Assert.Throws<InvalidOperationException>(() => leaked!.Track("late", Task.CompletedTask));
    }

    [Fact]
    public async Task With_32_invocations_at_once_every_task_is_counted_to_its_own()
    {
        var reports = new System.Collections.Concurrent.ConcurrentDictionary<string, BackgroundReport>();
        Options.OnBackgroundReport = report => reports[report.RequestId] = report;
        var runner = new InvocationRunner(Options);

        await Task.WhenAll(Enumerable.Range(0, 32)
            .Select(i => Task.Run(() => runner.RunAsync(new InvocationInfo { RequestId = $"r{i}" }, i, static async (i, invocation) =>
        {
            for (var task = 0; task <= i % 5; task++)
            {
                invocation.Background.Run($"task {i}", async _ =>
                {
                    await Task.Yield();
                    Assert.Equal($"r{i}", Invocation.Current.RequestId);
                    Invocation.Current.Background.Track($"task {i}", Task.Run(static () => { }, CancellationToken.None));
                });
                await Task.Yield();
            }

            return true;
        }))));

        for (var i = 0; i < 32; i++)
        {
            Assert.All(reports[$"r{i}"].Tasks,
                task => Assert.Equal(($"task {i}", BackgroundTaskOutcome.Completed), (task.Name, task.Outcome)));
            Assert.Equal(2 * ((i % 5) + 1), reports[$"r{i}"].Tasks.Count);
        }
    }

    [Fact]
    public async Task Bad_arguments_are_refused_by_name() => await Run(static tasks =>
    {
        Assert.Throws<ArgumentNullException>(() => tasks.Run(null!, static _ => Task.CompletedTask));
        Assert.Throws<ArgumentException>(() => tasks.Run(" ", static _ => Task.CompletedTask));
        Assert.Throws<ArgumentNullException>(() => tasks.Run("name", null!));
        Assert.Throws<ArgumentNullException>(() => tasks.Track("name", null!));
        tasks.Track(new string('x', 256), Task.CompletedTask);
        Assert.Contains("257", Assert.Throws<ArgumentException>(() => tasks.Track(new string('x', 257), Task.CompletedTask)).Message,
            StringComparison.Ordinal);
    });

    [Theory]
    [InlineData(nameof(InvocationOptions.DeadlineMargin), -1)]
    [InlineData(nameof(InvocationOptions.RevalidationBudget), -1)]
    [InlineData(nameof(InvocationOptions.RevalidateAfterGap), 0)]
    public void An_absurd_option_is_refused_by_name(string option, int seconds)
    {
        typeof(InvocationOptions).GetProperty(option)!.SetValue(Options, TimeSpan.FromSeconds(seconds));

        Assert.Contains($"InvocationOptions.{option}",
            Assert.Throws<ArgumentOutOfRangeException>(() => new InvocationRunner(Options)).Message, StringComparison.Ordinal);
    }
}
