/// <summary>The largest file of the corpus: one handler and forty steps, some of them wrong.</summary>
public class LargestHandler
{
    private static readonly AmazonS3Client s_s3 = new();
    private static readonly ConcurrentDictionary<string, string> s_cache = new();

    public async Task<string> Handle(string input, ILambdaContext context)
    {
        var result = input;
        result = await Step0Async(result, context);
        result = await Step1Async(result, context);
        result = await Step2Async(result, context);
        result = await Step3Async(result, context);
        result = await Step4Async(result, context);
        result = await Step5Async(result, context);
        result = await Step6Async(result, context);
        result = await Step7Async(result, context);
        result = await Step8Async(result, context);
        result = await Step9Async(result, context);
        result = await Step10Async(result, context);
        result = await Step11Async(result, context);
        result = await Step12Async(result, context);
        result = await Step13Async(result, context);
        result = await Step14Async(result, context);
        result = await Step15Async(result, context);
        result = await Step16Async(result, context);
        result = await Step17Async(result, context);
        result = await Step18Async(result, context);
        result = await Step19Async(result, context);
        result = await Step20Async(result, context);
        result = await Step21Async(result, context);
        result = await Step22Async(result, context);
        result = await Step23Async(result, context);
        result = await Step24Async(result, context);
        result = await Step25Async(result, context);
        result = await Step26Async(result, context);
        result = await Step27Async(result, context);
        result = await Step28Async(result, context);
        result = await Step29Async(result, context);
        result = await Step30Async(result, context);
        result = await Step31Async(result, context);
        result = await Step32Async(result, context);
        result = await Step33Async(result, context);
        result = await Step34Async(result, context);
        result = await Step35Async(result, context);
        result = await Step36Async(result, context);
        result = await Step37Async(result, context);
        result = await Step38Async(result, context);
        result = await Step39Async(result, context);
        return result;
    }

    private static async Task<string> Step0Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 0");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "0");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 0 ? parts[0] : string.Join(";", parts);
    }

    private static async Task<string> Step1Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 1");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "1");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 1 ? parts[1] : string.Join(";", parts);
    }

    private static async Task<string> Step2Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 2");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "2");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 2 ? parts[2] : string.Join(";", parts);
    }

    private static async Task<string> Step3Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 3");
        using var http = new HttpClient(); // expect: WARM0001
        value += await http.GetStringAsync("https://example.com/3");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "3");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 3 ? parts[3] : string.Join(";", parts);
    }

    private static async Task<string> Step4Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 4");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "4");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 4 ? parts[4] : string.Join(";", parts);
    }

    private static async Task<string> Step5Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 5");
        _ = s_s3.PutObjectAsync(new PutObjectRequest { BucketName = "log", Key = "5" }); // expect: WARM0006
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "5");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 5 ? parts[5] : string.Join(";", parts);
    }

    private static async Task<string> Step6Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 6");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "6");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 6 ? parts[6] : string.Join(";", parts);
    }

    private static async Task<string> Step7Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 7");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "7");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 7 ? parts[7] : string.Join(";", parts);
    }

    private static async Task<string> Step8Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 8");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "8");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 8 ? parts[8] : string.Join(";", parts);
    }

    private static async Task<string> Step9Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 9");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "9");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 9 ? parts[9] : string.Join(";", parts);
    }

    private static async Task<string> Step10Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 10");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "10");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 10 ? parts[10] : string.Join(";", parts);
    }

    private static async Task<string> Step11Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 11");
        using var http = new HttpClient(); // expect: WARM0001
        value += await http.GetStringAsync("https://example.com/11");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "11");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 11 ? parts[11] : string.Join(";", parts);
    }

    private static async Task<string> Step12Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 12");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "12");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 12 ? parts[12] : string.Join(";", parts);
    }

    private static async Task<string> Step13Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 13");
        _ = s_s3.PutObjectAsync(new PutObjectRequest { BucketName = "log", Key = "13" }); // expect: WARM0006
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "13");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 13 ? parts[13] : string.Join(";", parts);
    }

    private static async Task<string> Step14Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 14");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "14");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 14 ? parts[14] : string.Join(";", parts);
    }

    private static async Task<string> Step15Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 15");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "15");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 15 ? parts[15] : string.Join(";", parts);
    }

    private static async Task<string> Step16Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 16");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "16");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 16 ? parts[16] : string.Join(";", parts);
    }

    private static async Task<string> Step17Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 17");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "17");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 17 ? parts[17] : string.Join(";", parts);
    }

    private static async Task<string> Step18Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 18");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "18");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 18 ? parts[18] : string.Join(";", parts);
    }

    private static async Task<string> Step19Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 19");
        using var http = new HttpClient(); // expect: WARM0001
        value += await http.GetStringAsync("https://example.com/19");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "19");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 19 ? parts[19] : string.Join(";", parts);
    }

    private static async Task<string> Step20Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 20");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "20");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 20 ? parts[20] : string.Join(";", parts);
    }

    private static async Task<string> Step21Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 21");
        _ = s_s3.PutObjectAsync(new PutObjectRequest { BucketName = "log", Key = "21" }); // expect: WARM0006
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "21");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 21 ? parts[21] : string.Join(";", parts);
    }

    private static async Task<string> Step22Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 22");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "22");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 22 ? parts[22] : string.Join(";", parts);
    }

    private static async Task<string> Step23Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 23");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "23");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 23 ? parts[23] : string.Join(";", parts);
    }

    private static async Task<string> Step24Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 24");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "24");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 24 ? parts[24] : string.Join(";", parts);
    }

    private static async Task<string> Step25Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 25");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "25");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 25 ? parts[25] : string.Join(";", parts);
    }

    private static async Task<string> Step26Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 26");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "26");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 26 ? parts[26] : string.Join(";", parts);
    }

    private static async Task<string> Step27Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 27");
        using var http = new HttpClient(); // expect: WARM0001
        value += await http.GetStringAsync("https://example.com/27");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "27");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 27 ? parts[27] : string.Join(";", parts);
    }

    private static async Task<string> Step28Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 28");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "28");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 28 ? parts[28] : string.Join(";", parts);
    }

    private static async Task<string> Step29Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 29");
        _ = s_s3.PutObjectAsync(new PutObjectRequest { BucketName = "log", Key = "29" }); // expect: WARM0006
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "29");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 29 ? parts[29] : string.Join(";", parts);
    }

    private static async Task<string> Step30Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 30");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "30");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 30 ? parts[30] : string.Join(";", parts);
    }

    private static async Task<string> Step31Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 31");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "31");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 31 ? parts[31] : string.Join(";", parts);
    }

    private static async Task<string> Step32Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 32");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "32");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 32 ? parts[32] : string.Join(";", parts);
    }

    private static async Task<string> Step33Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 33");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "33");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 33 ? parts[33] : string.Join(";", parts);
    }

    private static async Task<string> Step34Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 34");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "34");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 34 ? parts[34] : string.Join(";", parts);
    }

    private static async Task<string> Step35Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 35");
        using var http = new HttpClient(); // expect: WARM0001
        value += await http.GetStringAsync("https://example.com/35");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "35");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 35 ? parts[35] : string.Join(";", parts);
    }

    private static async Task<string> Step36Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 36");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "36");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 36 ? parts[36] : string.Join(";", parts);
    }

    private static async Task<string> Step37Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 37");
        _ = s_s3.PutObjectAsync(new PutObjectRequest { BucketName = "log", Key = "37" }); // expect: WARM0006
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "37");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 37 ? parts[37] : string.Join(";", parts);
    }

    private static async Task<string> Step38Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 38");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "38");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 38 ? parts[38] : string.Join(";", parts);
    }

    private static async Task<string> Step39Async(string value, ILambdaContext context)
    {
        context.Logger.LogInformation("step 39");
        if (!s_cache.TryGetValue(value, out var cached))
        {
            using var response = await s_s3.GetObjectAsync("bucket", value + "39");
            using var reader = new StreamReader(response.ResponseStream);
            cached = await reader.ReadToEndAsync();
            s_cache[value] = cached;
        }

        var parts = cached.Split(',').Select(part => part.Trim()).Where(part => part.Length > 0).ToList();
        return parts.Count > 39 ? parts[39] : string.Join(";", parts);
    }
}
