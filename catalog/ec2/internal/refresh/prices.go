package main

import (
	"encoding/csv"
	"fmt"
	"go/ast"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/stowage/stowage/catalog"
)

// pricePaths are the lists. That of China is in CNY, the others are in US dollars.
func pricePaths() []string {
	return []string{
		"pkg/providers/pricing/zz_generated.pricing_aws.go",
		"pkg/providers/pricing/zz_generated.pricing_aws_us_gov.go",
		"pkg/providers/pricing/zz_generated.pricing_aws_cn.go",
	}
}

// Oregon is not in the checkout. Families that cost the same there as in
// Virginia are copied.
const (
	copiedFrom     = "us-east-1"
	copiedTo       = "us-west-2"
	copiedFamilies = "c5 m5 r5"
)

const pricesHeader = `# On-demand list prices of EC2 instance types with Linux, per hour.
# Source: github.com/aws/karpenter-provider-aws, pkg/providers/pricing/zz_generated.pricing_*.go.
# %s is not there: it has copies of %s for the families %s, which cost the same.
# Written by: go run ./catalog/ec2/internal/refresh CHECKOUT EBS-CHECKOUT
`

// writePrices writes a line for each type and a column for each region.
func writePrices(w io.Writer, checkout fs.FS) error {
	prices := map[string]map[string]string{} // region → type → price
	dates := map[string]string{}             // by region
	for _, path := range pricePaths() {
		s, err := readSource(checkout, path)
		if err != nil {
			return err
		}
		for region, list := range s.table {
			if prices[region], err = readPrices(list); err != nil {
				return fmt.Errorf("%s: %s: %w", path, region, err)
			}
			dates[region] = s.date
		}
	}
	if prices[copiedTo] == nil {
		prices[copiedTo] = map[string]string{}
		dates[copiedTo] = dates[copiedFrom]
		for name, price := range prices[copiedFrom] {
			if family, _, _ := strings.Cut(name, "."); slices.Contains(strings.Fields(copiedFamilies), family) {
				prices[copiedTo][name] = price
			}
		}
	}
	if _, err := fmt.Fprintf(w, pricesHeader, copiedTo, copiedFrom, copiedFamilies); err != nil {
		return err
	}
	return csv.NewWriter(w).WriteAll(priceRecords(prices, dates))
}

// readPrices returns the prices of a region, exact and short.
func readPrices(list ast.Expr) (map[string]string, error) {
	elements, err := fields(list)
	if err != nil {
		return nil, err
	}
	prices := make(map[string]string, len(elements))
	for name, e := range elements {
		p, err := catalog.ParsePrice(number(e))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		prices[name] = p.String()
	}
	return prices, nil
}

// priceRecords returns the table: the regions, the day and the currency of each list,
// and the types.
func priceRecords(prices map[string]map[string]string, dates map[string]string) [][]string {
	regions := slices.Sorted(maps.Keys(prices))
	var names []string
	for _, region := range regions {
		names = slices.AppendSeq(names, maps.Keys(prices[region]))
	}
	slices.Sort(names)
	day, currency := []string{"day"}, []string{"currency"}
	for _, region := range regions {
		day = append(day, dates[region])
		if strings.HasPrefix(region, "cn-") { // https://www.amazonaws.cn/en/ec2/pricing/
			currency = append(currency, "CNY")
		} else {
			currency = append(currency, "USD")
		}
	}
	records := [][]string{append([]string{"name"}, regions...), day, currency}
	for _, name := range slices.Compact(names) {
		record := []string{name}
		for _, region := range regions {
			record = append(record, prices[region][name])
		}
		records = append(records, record)
	}
	return records
}
