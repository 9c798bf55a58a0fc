using System.Text.Json;
using WarmContext.Lambda.AfterResponse;
using WarmContext.TestSupport;

namespace WarmContext.Lambda.Tests.Diagnostics;

/// <summary>Where WarmContext's log entries go on Lambda: to the runtime's logger, which keeps levels and fields.</summary>
public sealed class RuntimeLoggerTests
{
    [Fact]
    public async Task A_structured_log_has_an_entrys_level_number_name_and_text()
    {
        await using var function = await LifecycleFunction.StartAsync(
            "LifecycleFunctions::LifecycleFunctions.LateHandlers::Status", BackgroundCompletion.AfterResponse, null,
            ("AWS_LAMBDA_LOG_FORMAT", "JSON"));
        var outcome = await function.Environment.InvokeAsync("\"\"");
        await function.Environment.WaitUntilFrozenAsync();

        using var entry = JsonDocument.Parse(Assert.Single(
            function.Environment.ReadLog(), static line => line.Contains("ExtensionUnavailable", StringComparison.Ordinal)));
        var fields = entry.RootElement;
        Assert.Equal("Warning", fields.GetProperty("level").GetString());
        Assert.Equal(301, fields.GetProperty("eventId").GetInt32());
        Assert.Equal("ExtensionUnavailable", fields.GetProperty("eventName").GetString());
        Assert.StartsWith("AfterResponse is set", fields.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(outcome.RequestId, fields.GetProperty("requestId").GetString());
        Assert.Contains("403", fields.GetProperty("errorMessage").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_below_the_chosen_level_is_left_out()
    {
        await using var function = await LifecycleFunction.StartAsync(
            "LifecycleFunctions::LifecycleFunctions.LateHandlers::Status", BackgroundCompletion.AfterResponse, null,
            ("AWS_LAMBDA_LOG_FORMAT", "JSON"), ("AWS_LAMBDA_LOG_LEVEL", "ERROR"));
        await function.Environment.InvokeAsync("\"\"");
        await function.Environment.WaitUntilFrozenAsync();

        Assert.DoesNotContain(
            function.Environment.ReadLog(), static line => line.Contains("ExtensionUnavailable", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("Orders", false)]
    public async Task A_function_without_a_handler_name_is_not_only_told_to_change_Main(string? handler, bool isUnknown)
    {
        using var log = new LogCapture();
        var environment = ExecutionEnvironment.Create(
            new Dictionary<string, string?> { ["AWS_LAMBDA_FUNCTION_NAME"] = "orders", ["_HANDLER"] = handler });
        var request = Guid.NewGuid().ToString();
        Assert.False(await new InvocationRunner(new InvocationOptions { Environment = environment }).RunAsync(
            new InvocationInfo { RequestId = request },
            new RuntimeGateGuard(),
            static (guard, invocation) => guard.TryHoldAsync(invocation, new TaskCompletionSource().Task).AsTask()));

        var message = log.Only("NoRuntimeGate", request).Message;
        Assert.Equal(isUnknown, message.Contains("_HANDLER", StringComparison.Ordinal));
        Assert.Contains("UseHttpClient", message, StringComparison.Ordinal);
    }
}
