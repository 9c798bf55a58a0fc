using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace WarmContext.CodeFixes.Editing;

/// <summary>Recognizes calls by the member that they name.</summary>
internal static class MemberCalls
{
    /// <summary>The expression as a call of that member, like x.Member(…); null when it is anything else.</summary>
    public static InvocationExpressionSyntax? AsCallOf(this ExpressionSyntax expression, string member) =>
        expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } call
            && access.Name.Identifier.ValueText == member
            ? call
            : null;

    /// <summary>The x of x.Member(…).</summary>
    public static ExpressionSyntax Receiver(this InvocationExpressionSyntax call) =>
        ((MemberAccessExpressionSyntax)call.Expression).Expression;
}
