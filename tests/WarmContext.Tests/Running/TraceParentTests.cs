using System.Diagnostics;
using WarmContext.Running;

namespace WarmContext.Tests.Running;

public sealed class TraceParentTests
{
    private const string TraceId = "5759e988bd862e3fe1be46a994272793";
    private const string SpanId = "53995c3f42cd8ad8";

    [Theory]
    [InlineData("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1")]
    [InlineData("Sampled=1; Parent=53995C3F42CD8AD8; Root=1-5759E988-BD862E3FE1BE46A994272793; Lineage=25:4bf9:3")]
    [InlineData("00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01")]
    public void A_sampled_trace_is_continued(string text)
    {
        var parent = TraceParent.Read(text);

        Assert.Equal((TraceId, SpanId, true), (parent.TraceId.ToString(), parent.SpanId.ToString(), parent.IsRemote));
        Assert.Equal(ActivityTraceFlags.Recorded, parent.TraceFlags);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0")]
    [InlineData("Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1")]
    [InlineData("Root=1-x;Parent=y;Sampled=1")]
    [InlineData("Self=1;;=;Root")]
    [InlineData("00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-00")]
    [InlineData("nonsense")]
    public void Anything_else_is_passed_over(string? text) => Assert.Equal(default, TraceParent.Read(text));
}
