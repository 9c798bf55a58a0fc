using System.Runtime.Loader;

namespace WarmContext.Analyzers.Tests;

/// <summary>What docs/rules/WARM0001.md says of static fields: when the runtime sets them, which decides whether that is in Init.</summary>
public class StaticFieldTests
{
    [Theory]
    [InlineData("private static readonly object s_client = Made();", false)]
    [InlineData("private static readonly object s_client = Made(); static Function() { }", true)]
    [InlineData("private readonly object _client = Made();", true)]
    public void Building_the_handler_object_sets_a_static_field_where_there_is_a_static_constructor(string field, bool inInit)
    {
        var name = field.Contains("s_client", StringComparison.Ordinal) ? "s_client" : "_client";
        var code = $$"""
            public static class Log { public static int Built; }
            public class Function
            {
                {{field}}
                private static object Made() { Log.Built++; return new object(); }
                public string Handler() => {{name}}.ToString()!;
            }
            """;
        var compilation = AnalyzerRun.Compile([Sources.Parse(code), Sources.GlobalUsings()]);
        AnalyzerRun.AssertCompiles(compilation, code);
        using var stream = new MemoryStream();
        Assert.True(compilation.Emit(stream).Success);
        stream.Position = 0;
        var assembly = new AssemblyLoadContext(null, isCollectible: true).LoadFromStream(stream);
        int Built() => (int)assembly.GetType("Log")!.GetField("Built")!.GetValue(null)!;

        var function = Activator.CreateInstance(assembly.GetType("Function")!)!;
        Assert.Equal(inInit ? 1 : 0, Built());
        function.GetType().GetMethod("Handler")!.Invoke(function, null);
        Assert.Equal(1, Built());
    }
}
