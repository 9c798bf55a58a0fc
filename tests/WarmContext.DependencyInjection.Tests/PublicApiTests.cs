using WarmContext.TestSupport;

namespace WarmContext.DependencyInjection.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_api_is_the_approved_one() =>
        PublicApi.Verify(typeof(Microsoft.Extensions.DependencyInjection.WarmContextServiceCollectionExtensions).Assembly);
}
