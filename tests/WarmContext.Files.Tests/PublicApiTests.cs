using WarmContext.TestSupport;

namespace WarmContext.Files.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_api_is_the_approved_one() => PublicApi.Verify(typeof(FileCache).Assembly);
}
