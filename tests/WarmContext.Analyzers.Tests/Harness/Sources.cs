using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace WarmContext.Analyzers.Tests;

/// <summary>Makes whole files of the short pieces that test cases are written in.</summary>
internal static partial class Sources
{
    public const string Order = """
        public class Order
        {
            public string Id { get; set; } = "";
            public string Tenant { get; set; } = "";
            public string Region { get; set; } = "";
            public int Amount { get; set; }
            public List<string> Lines { get; set; } = new();
        }
        """;

    private const string Usings = """
        global using System;
        global using System.Collections.Concurrent;
        global using System.Collections.Generic;
        global using System.Data;
        global using System.Data.Common;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private const string LambdaUsings = """
        global using Amazon.Lambda.Annotations;
        global using Amazon.Lambda.Core;
        global using Amazon.Lambda.RuntimeSupport;
        global using Amazon.Runtime;
        global using Amazon.S3;
        global using Amazon.S3.Model;
        global using Amazon.S3.Transfer;
        global using Npgsql;
        """;

    private static readonly CSharpParseOptions s_parse = new(LanguageVersion.Latest);

    public static SyntaxTree GlobalUsings(bool lambda = true) =>
        CSharpSyntaxTree.ParseText(lambda ? Usings + "\n" + LambdaUsings : Usings, s_parse, "Usings.cs");

    public static SyntaxTree Parse(string code, string path = "Function.cs") => CSharpSyntaxTree.ParseText(code, s_parse, path);

    /// <summary>
    /// A file as it stands when it has types; members wrapped in a class Function when a Handler is among them; else statements of a
    /// handler's body.
    /// </summary>
    public static string Wrap(string code)
    {
        var (members, body) = code.Split("\n---\n") is [var first, var second] ? (first, second) : ("", code);
        if (members.Length == 0 && (TypeOrProgram().IsMatch(body) || Contains(body, "LambdaBootstrapBuilder")))
        {
            return Contains(body, "class Order\n") ? body : body + "\n" + Order;
        }

        if (members.Length == 0 && (Contains(body, " Handler(") || Contains(body, " [|Handler|](")))
        {
            return $"public class Function\n{{\n{Indent(body, 4)}\n}}\n{Order}";
        }

        return $$"""
            public class Function
            {
            {{Indent(members, 4)}}
                public async Task<string> Handler(Order input, ILambdaContext context)
                {
            {{Indent(body, 8)}}
                    await Task.Yield();
                    return "ok";
                }
            }
            {{Order}}
            """;
    }

    [GeneratedRegex(
        @"^(public|internal|using|namespace|file)\b.*\b(class|record|namespace|using|interface|struct)\b[^=(]*$"
            + @"|^(public|internal|file)\b[^=(]*\bclass \w+\(",
        RegexOptions.Multiline)]
    private static partial Regex TypeOrProgram();

    private static bool Contains(string text, string part) => text.Contains(part, StringComparison.Ordinal);

    private static string Indent(string text, int width)
        => string.Join('\n', text.Split('\n').Select(line => line.Length == 0 ? line : new string(' ', width) + line));
}
