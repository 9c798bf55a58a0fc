using System.Diagnostics;
using WarmContext.Running;
using WarmContext.TestSupport;

namespace WarmContext.Tests.Running;

public sealed class InvocationSpanTests
{
    [Fact]
    public async Task An_invocations_span_has_the_conventions_names_and_lasts_until_its_background_work_has_ended()
    {
        var id = TestEnvironments.NewRequestId();
        var stopped = new List<Activity>();
        using var listener = Listen(activity =>
        {
            if ((string?)activity.GetTagItem("faas.invocation_id") == id)
            {
                stopped.Add(activity);
            }
        });
        var workIsInside = false;
        const string arn = "arn:aws:lambda:eu-central-1:123456789012:function:orders:live";
        var info = new InvocationInfo { RequestId = id, InvokedFunctionArn = arn };
        await Runner().RunAsync(info, 0, (_, invocation) =>
        {
            var span = Activity.Current!;
            invocation.Background.Run("audit", async _ =>
            {
                await Task.Delay(20, CancellationToken.None);
                workIsInside = Activity.Current == span && !span.IsStopped;
            });
            return Task.FromResult(true);
        });

        var activity = Assert.Single(stopped);
        Assert.True(workIsInside);
        Assert.Equal(("orders", ActivityKind.Server, ActivityStatusCode.Unset), (activity.DisplayName, activity.Kind, activity.Status));
        Assert.Equal(true, activity.GetTagItem("faas.coldstart"));
        Assert.Equal("orders", activity.GetTagItem("faas.name"));
        Assert.Equal(info.InvokedFunctionArn, activity.GetTagItem("aws.lambda.invoked_arn"));
        Assert.Equal("arn:aws:lambda:eu-central-1:123456789012:function:orders:7", activity.GetTagItem("cloud.resource_id"));
        Assert.Equal("OnDemand", activity.GetTagItem("warmcontext.initialization_type"));
        Assert.Equal(1, activity.GetTagItem("warmcontext.background.tasks"));
    }

    [Fact]
    public async Task A_failed_handler_marks_the_span()
    {
        var id = TestEnvironments.NewRequestId();
        Activity? stopped = null;
        using var listener = Listen(activity => stopped = (string?)activity.GetTagItem("faas.invocation_id") == id ? activity : stopped);

        await Assert.ThrowsAsync<IOException>(
            () => Runner().RunAsync(new InvocationInfo { RequestId = id }, 0, static Task<bool> (_, _) => throw new IOException("gone")));

        Assert.Equal((ActivityStatusCode.Error, "gone", "System.IO.IOException"),
            (stopped!.Status, stopped.StatusDescription, stopped.GetTagItem("error.type")));
    }

    [Theory]
    [InlineData("arn:aws:lambda:eu-central-1:123456789012:function:orders", "7",
        "arn:aws:lambda:eu-central-1:123456789012:function:orders")]
    [InlineData("arn:aws:lambda:eu-central-1:123456789012:function:orders:live", null,
        "arn:aws:lambda:eu-central-1:123456789012:function:orders")]
    [InlineData("arn:aws:lambda:eu-central-1:123456789012:function:orders:live", "$LATEST",
        "arn:aws:lambda:eu-central-1:123456789012:function:orders:$LATEST")]
    [InlineData("orders", "7", "orders")]
    [InlineData(null, "7", null)]
    public void The_resources_id_names_the_version_that_runs_and_no_alias(string? invoked, string? version, string? expected) =>
        Assert.Equal(expected, InvocationTelemetry.ResourceId(invoked, version));

    [Fact]
    public async Task A_listener_that_throws_fails_no_invocation()
    {
        var id = TestEnvironments.NewRequestId();
        using var listener = Listen(activity =>
        {
            if ((string?)activity.GetTagItem("faas.invocation_id") == id)
            {
                throw new IOException("listener");
            }
        });
        var environment = TestEnvironments.OnLambda();

        Assert.True(await new InvocationRunner(new InvocationOptions { Environment = environment })
            .RunAsync(new InvocationInfo { RequestId = id }, 0, static (_, _) => Task.FromResult(true)));

        await environment.ShutDownAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static InvocationRunner Runner() =>
        new(new InvocationOptions { Environment = TestEnvironments.OnLambda(null, ("AWS_LAMBDA_FUNCTION_VERSION", "7")) });

    private static ActivityListener Listen(Action<Activity> stopped)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == WarmContextDiagnostics.ActivitySourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = stopped,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
