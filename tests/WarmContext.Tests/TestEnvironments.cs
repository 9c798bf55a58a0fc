namespace WarmContext.Tests;

/// <summary>Environments of a test's own, so that tests share no invocation count and no clock.</summary>
internal static class TestEnvironments
{
    public static ExecutionEnvironment Create(TimeProvider? time = null, params (string Name, string Value)[] variables) =>
        ExecutionEnvironment.Create(variables.GroupBy(static pair => pair.Name)
            .ToDictionary(static group => group.Key, static group => (string?)group.Last().Value), time);

    public static ExecutionEnvironment OnLambda(TimeProvider? time = null, params (string Name, string Value)[] variables) =>
        Create(time, [("AWS_LAMBDA_FUNCTION_NAME", "orders"), ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"), .. variables]);

    public static string NewRequestId() => Guid.NewGuid().ToString();
}
