using WarmContext.TestSupport;

namespace WarmContext.S3.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_api_is_the_approved_one() => PublicApi.Verify(typeof(S3FileCache).Assembly);
}
