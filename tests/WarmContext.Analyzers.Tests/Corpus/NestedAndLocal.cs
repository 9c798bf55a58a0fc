public class Outer
{
    public class Nested
    {
        public async Task<string> Handle(string input, ILambdaContext context)
        {
            return await FetchAsync(input);

            static async Task<string> FetchAsync(string url)
            {
                using var http = new HttpClient(); // expect: WARM0001
                return await http.GetStringAsync(url);
            }
        }
    }
}
