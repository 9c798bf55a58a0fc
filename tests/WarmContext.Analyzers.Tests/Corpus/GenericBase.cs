public abstract class HandlerBase<TIn, TOut>
{
    public async Task<TOut> Handle(TIn input, ILambdaContext context)
    {
        context.Logger.LogInformation("start");
        return await ProcessAsync(input);
    }

    protected abstract Task<TOut> ProcessAsync(TIn input);
}

public sealed class Resize : HandlerBase<string, int>
{
    private AmazonS3Client? _s3;

    protected override async Task<int> ProcessAsync(string input)
    {
        _s3 = new AmazonS3Client(); // expect: WARM0001
        using var response = await _s3.GetObjectAsync("images", input);
        return (int)response.ContentLength;
    }
}
