using WarmContext.TestSupport;

namespace WarmContext.Testing.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_api_is_the_approved_one() => PublicApi.Verify(typeof(LocalExecutionEnvironment).Assembly);
}
