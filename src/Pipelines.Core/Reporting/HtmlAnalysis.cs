using System.Text;
using Pipelines.Core.Model;

namespace Pipelines.Core.Reporting;

/// <summary>An analysis in the report page: the verdict of each metric, its chart, its values and its query.</summary>
internal static class HtmlAnalysis
{
    public static void Append(StringBuilder html, AnalysisResult analysis)
    {
        html.Append("<h3>Analysis</h3><p>").Append(Verdict(analysis.Verdict)).Append(" <span class=\"muted\">").Text(analysis.Source).Append(", ").Append(Amounts.Duration(analysis.Duration)).Append("</span></p>\n");
        if (analysis.AcceptedBy is { } person)
            html.Append("<p class=\"what\">accepted by ").Text(person).Append("</p>\n");
        foreach (MetricResult metric in analysis.Metrics)
        {
            html.Append("<figure class=\"chart\"><figcaption><b>").Text(metric.Name).Append("</b> ").Append(Verdict(metric.Verdict)).Append(' ').Text(metric.Threshold);
            if (metric.Baseline is { } baseline)
                html.Append(" (").Text(MetricText.Value(baseline, metric.Unit)).Append(')');
            html.Append(" <span class=\"muted\">").Text(LogText.Cut(metric.Reason, 1000)).Append("</span></figcaption>\n");
            if (metric.Measurements.Count > 0)
                new HtmlChart(html, metric).Append();
            html.Append("<p class=\"muted\">Values: ").Text(MetricText.Values(metric)).Append("</p><pre tabindex=\"0\">").Text(LogText.Cut(metric.Query, 4000)).Append("</pre></figure>\n");
        }
    }

    private static string Verdict(AnalysisVerdict verdict)
    {
        string word = MetricText.Word(verdict);
        return $"<span class=\"verdict {word}\">{Words.Symbol(verdict)} {word}</span>";
    }
}
