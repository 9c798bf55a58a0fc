namespace WarmContext.LocalServices.Tests;

public sealed class LocalS3Tests
{
    [Fact]
    public async Task A_server_is_found_or_started()
    {
        using var variables = new Variables((LocalS3.EndpointVariable, null));

        S3Server server = await LocalS3.GetAsync();

        using var http = new HttpClient();
        using HttpResponseMessage response = await http.GetAsync(server.Endpoint);
        Assert.True(response.IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_server_that_is_named_is_used()
    {
        S3Server ours = await LocalS3.GetAsync();
        using var variables = new Variables(
            (LocalS3.EndpointVariable, ours.Endpoint.ToString()),
            (LocalS3.AccessKeyVariable, "key"),
            (LocalS3.SecretKeyVariable, "secret"));

        S3Server server = await LocalS3.GetAsync();

        Assert.Equal((ours.Endpoint, "key", "secret"), (server.Endpoint, server.AccessKey, server.SecretKey));
    }

    [Theory]
    [InlineData("nonsense", "key", "secret", "WARMCONTEXT_S3_ENDPOINT is 'nonsense'")]
    [InlineData("ftp://127.0.0.1", "key", "secret", "must be an http or https address")]
    [InlineData("http://127.0.0.1:1", "key", "secret", "does not answer")]
    [InlineData("http://127.0.0.1:1", null, "secret", "WARMCONTEXT_S3_ACCESS_KEY is not")]
    [InlineData("http://127.0.0.1:1", "key", "", "WARMCONTEXT_S3_SECRET_KEY is not")]
    public async Task A_wrong_variable_is_named_with_the_remedy(string endpoint, string? accessKey, string? secretKey, string message)
    {
        using var variables = new Variables(
            (LocalS3.EndpointVariable, endpoint), (LocalS3.AccessKeyVariable, accessKey), (LocalS3.SecretKeyVariable, secretKey));

        LocalServiceException exception = await Assert.ThrowsAsync<LocalServiceException>(() => LocalS3.GetAsync());

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }
}
